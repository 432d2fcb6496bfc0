import { isDouble, isInt64 } from '../attribute-filter.ts';
import type { Literal, Located } from './ast.ts';

const written: Located = { from: 0, to: 0 };

/**
 * What an attribute's value may be if its text is this: the string, and the number or boolean that it reads as.
 * @returns undefined for NaN and infinity, which are no literals
 */
export function textAlternatives(text: string): [Literal, ...Literal[]] | undefined {
  const string: Literal = { kind: 'literal', type: 'string', value: text, ...written };
  if (/^(?:NaN|-?Infinity)$/.test(text)) return undefined;
  if (isInt64(text)) return [string, { kind: 'literal', type: 'int', value: BigInt(text), ...written }];
  if (isDouble(text)) return [string, { kind: 'literal', type: 'float', value: Number(text), ...written }];
  const isBool = text === 'true' || text === 'false';
  return isBool ? [string, { kind: 'literal', type: 'bool', value: text === 'true', ...written }] : [string];
}
