import type { Field } from './ast.ts';
import { parseField } from './parse-field.ts';
import { TokenReader } from './token-reader.ts';

/** A field as TraceQL writes it, and nothing else. @throws QueryError */
export function readField(text: string): Field {
  const tokens = new TokenReader(text);
  const field = parseField(tokens);
  if (!tokens.atEnd) throw tokens.unexpected('the end of the attribute');
  return field;
}
