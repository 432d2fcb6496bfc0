/**
 * A channel that a library does not have, added to its source as it is loaded. The addition is one
 * statement at the start of a function and one line at the end of the file, spliced into the text:
 * line numbers, comments and the function's arity stay as they are.
 *
 * The place is found by its exact text (`anchor`), which takes microseconds. Where a version of the
 * library words it otherwise, code-transformer's parser finds the function by name; parsing the two
 * files of express 4 takes 50 ms of a program's start, so it is the fallback and is loaded only then.
 */
import type { FunctionQuery } from '@apm-js-collab/code-transformer';

export interface Injection {
  /** The npm package. */
  readonly module: string;
  /** Semver range. */
  readonly versions: string;
  /** Inside the package, with `/`. */
  readonly file: string;
  readonly format: 'commonjs' | 'module';
  /** Text that ends where the function's body begins, behind its brace; must occur once in the file. */
  readonly anchor: string;
  /** The same function for the parser. */
  readonly function: FunctionQuery;
  readonly channel: string;
  /** JavaScript expression: what is published, in terms of the function's own names. */
  readonly message: string;
  /** JavaScript condition; publishes only where it holds. */
  readonly when?: string;
}

/** Finds, for each injection, the offset behind the brace that opens the function's body. Throws where there is none. */
export type FindBodies = (code: string, injections: readonly Injection[]) => number[];

interface Splice {
  readonly offset: number;
  readonly text: string;
}

/**
 * @param findBodies called only when an anchor is not there
 * @returns the source with the channels in it; throws where a function cannot be found
 */
export function injectInto(code: string, injections: readonly Injection[], findBodies: () => FindBodies): string {
  const offsets = injections.map((injection) => offsetBehind(code, injection.anchor));
  const found = offsets.includes(-1) ? findBodies()(code, injections) : offsets;
  const splices = injections.map((injection, i) => ({ offset: found[i] ?? -1, text: publishStatement(injection, i) }));
  return splice(code, splices) + channelDeclarations(injections);
}

/** −1 where the anchor does not occur, or more than once. */
function offsetBehind(code: string, anchor: string): number {
  const at = code.indexOf(anchor);
  if (at === -1 || code.indexOf(anchor, at + 1) !== -1) return -1;
  return at + anchor.length;
}

function splice(code: string, splices: readonly Splice[]): string {
  let result = code;
  for (const { offset, text } of [...splices].sort((a, b) => b.offset - a.offset)) {
    result = result.slice(0, offset) + text + result.slice(offset);
  }
  return result;
}

/** The channel is undefined while the file itself is being evaluated, hence `?.`. */
function publishStatement({ message, when }: Injection, index: number): string {
  const channel = channelVariable(index);
  const condition = when === undefined ? '' : `(${when})&&`;
  return `${condition}${channel}?.hasSubscribers&&${channel}.publish(${message});`;
}

/** Goes to the end of the file, so that no line moves and a leading `'use strict'` stays leading. */
function channelDeclarations(injections: readonly Injection[]): string {
  const isModule = injections[0]?.format === 'module';
  const source = isModule ? 'sightline$dc' : 'require("node:diagnostics_channel")';
  const load = isModule ? 'import * as sightline$dc from "node:diagnostics_channel";' : '';
  const declarations = injections.map(
    ({ channel }, i) => `var ${channelVariable(i)}=${source}.channel(${JSON.stringify(channel)});`,
  );
  return `\n${load}${declarations.join('')}`;
}

function channelVariable(index: number): string {
  return `sightline$${index}`;
}
