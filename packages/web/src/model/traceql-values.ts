/** Attributes and values as TraceQL writes them. */
import type { AnyValue, AttributePlace, AttributeType } from '@sightline/wire';

const plainKey = /^[A-Za-z_][\w.\-/]*$/;

/** `span.http.route`, `resource."a key"`; without a scope `.http.route`. */
export function attributeField(scope: AttributePlace | '', key: string): string {
  return `${scope}.${plainKey.test(key) ? key : quoted(key)}`;
}

/** The attribute that a field names; nothing for what every span has, such as `duration`. */
export function attributeOf(field: string): { scope: AttributePlace | undefined; key: string } | undefined {
  const [, scope, name = ''] = /^(span|resource|event|link|instrumentation)?\.(.+)$/s.exec(field) ?? [];
  if (!name) return undefined;
  return { scope: scope as AttributePlace | undefined, key: name.startsWith('"') ? unquoted(name) : name };
}

/** A value given as text, as an answer of `/attributes/values` has it. */
export function literalOf(type: AttributeType, text: string): string {
  return type === 'int' || type === 'double' || type === 'bool' ? text : quoted(text);
}

/** `name = "GET /cart"`; a value that is absent is nil. Undefined for what has no literal, such as an array. */
export function equals(field: string, value: AnyValue | null): string | undefined {
  const literal = value === null ? 'nil' : literalOfAny(field, value);
  return literal && `${field} = ${literal}`;
}

/** What these fields compare with are words. */
const keywordFields = new Set(['status', 'kind', 'span:status', 'span:kind']);

function literalOfAny(field: string, value: AnyValue): string | undefined {
  const { stringValue, intValue, doubleValue, boolValue } = value;
  if (stringValue !== undefined) return keywordFields.has(field) ? stringValue : quoted(stringValue);
  const plain = intValue ?? doubleValue ?? boolValue;
  return plain === undefined ? undefined : String(plain);
}

export function quoted(text: string): string {
  const escaped = text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** The text of a literal that may lack its end. */
export function unquoted(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1).replace(/`$/, '');
  if (!literal.startsWith('"')) return literal;
  const inner = literal.slice(1).replace(/(?<!\\)((?:\\\\)*)"$/, '$1');
  return inner.replaceAll(/\\(.)/gs, (_, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? escaped);
}
