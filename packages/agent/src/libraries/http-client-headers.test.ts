import { expect, test } from 'vitest';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced } from '../../testing/traced-program.ts';

test.each<NodeMajor>([20, 22, 24, 26])(
  'on Node %i headers arrive as the program gave them, in each form, with one traceparent of ours',
  async (node) => {
    const bare = await received(node, { OTEL_SDK_DISABLED: 'true' });
    const traced = await received(node, {});
    expect(Object.keys(bare)).toHaveLength(10);
    for (const form of Object.keys(bare)) {
      expect([form, without(traced[form])]).toEqual([form, without(bare[form])]);
      expect([form, valuesOf(traced[form], 'traceparent')]).toEqual([
        form,
        [expect.stringMatching(/^00-(?!0af7)[0-9a-f]{32}-[0-9a-f]{16}-03$/)],
      ]);
    }
    expect(valuesOf(traced['object passed on'], 'baggage')).toEqual(['own=1']);
    expect(valuesOf(traced['flat passed on'], 'baggage')).toEqual(['own=1']);
  },
);

type RawHeaders = readonly string[];

async function received(node: NodeMajor, env: Record<string, string>): Promise<Record<string, RawHeaders>> {
  const { stdout } = await runTraced('http/headers.cjs', { node, env });
  return JSON.parse(stdout);
}

function without(headers: RawHeaders = []): string[] {
  const pairs = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  return pairs.filter((pair) => !/^(traceparent|tracestate):/i.test(pair)).map((pair) => pair.replace(/:\d+$/, ''));
}

function valuesOf(headers: RawHeaders = [], name: string): string[] {
  return headers.filter((_value, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === name);
}
