import { type AnyValue, bytesOfBase64, type KeyValue } from '@sightline/wire';
import type { JsonFields, Members, Scalar } from './json-fields.ts';

/** Tags in Jaeger's JSON: `[{ "key": "http.status_code", "type": "int64", "value": 200 }, …]`. */
export function readTags(json: JsonFields, tags: KeyValue[]): void {
  json.list(() => {
    const tag = json.object(tagMembers, { key: '', type: '', value: { kind: 'string', text: '' } });
    tags.push({ key: tag.key, value: typedValue(tag) ?? { stringValue: tag.value.text } });
  });
}

interface JsonTag {
  key: string;
  type: string;
  value: Scalar;
}

const tagMembers: Members<JsonTag> = new Map<string, (json: JsonFields, tag: JsonTag) => void>([
  [
    'key',
    (json, tag) => {
      tag.key = json.text();
    },
  ],
  [
    'type',
    (json, tag) => {
      tag.type = json.text();
    },
  ],
  [
    'value',
    (json, tag) => {
      tag.value = json.scalar();
    },
  ],
]);

/** Where no type is said. */
const kindTypes = { string: 'string', number: 'int64', true: 'bool', false: 'bool' };

/** Undefined for a text, and for what its type cannot hold: that stays the text it is. */
function typedValue({ type, value: { kind, text } }: JsonTag): AnyValue | undefined {
  switch (type || kindTypes[kind]) {
    case 'bool':
      return text === 'true' || text === 'false' ? { boolValue: text === 'true' } : undefined;
    case 'int64':
      return intOf(text) ?? (kind === 'number' ? doubleOf(text) : undefined);
    case 'float64':
      return doubleOf(text);
    case 'binary':
      return bytesOfBase64(text) ? { bytesValue: text } : undefined;
    default:
      return undefined;
  }
}

/** Digits in quotes too: that is how integers come that JavaScript has no number for. */
function intOf(text: string): AnyValue | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? { intValue: String(value) } : undefined;
}

function doubleOf(text: string): AnyValue | undefined {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return { doubleValue: text };
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? { doubleValue: value } : undefined;
}
