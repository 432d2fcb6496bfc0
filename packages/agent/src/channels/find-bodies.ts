/**
 * Finds functions by parsing, with code-transformer. Built into a file of its own, dist/inject.cjs:
 * its parser costs 15 ms to load.
 */
import { type CustomTransform, create, type InstrumentationConfig } from '@apm-js-collab/code-transformer';
import type { FindBodies, Injection } from './injection.ts';

const transformName = 'findBody';

export const findBodies: FindBodies = (code, injections) =>
  injections.map((injection) => {
    const offset = findBody(code, injection);
    if (offset === undefined)
      throw new Error(`no function for ${injection.channel} in ${injection.module}/${injection.file}`);
    return offset;
  });

/** code-transformer is asked where, and what it would have generated is left aside: that loses lines and comments. */
function findBody(code: string, injection: Injection): number | undefined {
  let offset: number | undefined;
  const found: CustomTransform = (_state, node) => {
    offset ??= bodyOffset(node);
  };
  const matcher = create([toConfig(injection)]);
  matcher.addTransform(transformName, found);
  const transformer = matcher.getTransformer(injection.module, anyVersion, injection.file);
  transformer?.transform(code, injection.format === 'module' ? 'esm' : 'cjs');
  return offset;
}

/** The version was compared before. */
const anyVersion = '0.0.0';

function toConfig({ module, file, channel, function: functionQuery }: Injection): InstrumentationConfig {
  return {
    channelName: channel,
    module: { name: module, versionRange: anyVersion, filePath: file },
    functionQuery,
    transform: transformName,
  };
}

/** Behind the opening brace. The parser is asked for ranges, which its type of a node does not have. */
function bodyOffset(node: object): number | undefined {
  const { body } = node as { body?: { type: string; start: number } };
  return body?.type === 'BlockStatement' ? body.start + 1 : undefined;
}
