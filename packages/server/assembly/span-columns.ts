/** The columns of `spans` and the dictionaries behind them. Events and links have theirs in TypeScript. */
import { AttributeMaps } from './attribute-maps';
import { Column, DictionaryColumn, PlainColumn, TextColumn } from './columns';
import { Dictionary } from './dictionary';

export const services: Dictionary = new Dictionary(true);
export const names: Dictionary = new Dictionary(true);
const keys: Dictionary = new Dictionary(true);
const values = new Dictionary(true);
const resourceValues = new Dictionary(true);
const schemaUrls = new Dictionary(true);
const scopes = new Dictionary(true);

export const receivedAt: PlainColumn = new PlainColumn(8);
export const writer: PlainColumn = new PlainColumn(4);
export const traceId: PlainColumn = new PlainColumn(16);
export const spanId: PlainColumn = new PlainColumn(8);
export const parentSpanId: PlainColumn = new PlainColumn(8);
export const traceState: TextColumn = new TextColumn();
export const flags: PlainColumn = new PlainColumn(4);
export const service: DictionaryColumn = new DictionaryColumn(services);
export const name: DictionaryColumn = new DictionaryColumn(names);
export const kind: PlainColumn = new PlainColumn(1);
export const start: PlainColumn = new PlainColumn(8);
export const duration: PlainColumn = new PlainColumn(8);
export const endBeforeStart: PlainColumn = new PlainColumn(8);
export const statusCode: PlainColumn = new PlainColumn(1);
export const statusMessage: TextColumn = new TextColumn();
export const attributes: AttributeMaps = new AttributeMaps(keys, values);
export const droppedAttributes: PlainColumn = new PlainColumn(4);
export const droppedEvents: PlainColumn = new PlainColumn(4);
export const droppedLinks: PlainColumn = new PlainColumn(4);
export const resource: AttributeMaps = new AttributeMaps(keys, resourceValues);
export const resourceDropped: PlainColumn = new PlainColumn(4);
export const resourceSchemaUrl: DictionaryColumn = new DictionaryColumn(schemaUrls);
export const scopeName: DictionaryColumn = new DictionaryColumn(scopes);
export const scopeVersion: DictionaryColumn = new DictionaryColumn(scopes);
export const scopeAttributes: TextColumn = new TextColumn();
export const scopeDropped: PlainColumn = new PlainColumn(4);
export const scopeSchemaUrl: DictionaryColumn = new DictionaryColumn(schemaUrls);

/** The resource at hand, as one row. */
export const resourceAtHand: AttributeMaps = new AttributeMaps(keys, resourceValues);
/** The attributes of the scope at hand. */
export const scopeAtHand: TextColumn = new TextColumn();

/** By number, in the order of `encodedColumns` in `src/encode/encoded-columns.ts`. */
const columns: Column[] = [
  receivedAt,
  writer,
  traceId,
  spanId,
  parentSpanId,
  traceState,
  flags,
  service,
  name,
  kind,
  start,
  duration,
  endBeforeStart,
  statusCode,
  statusMessage,
  attributes.strings,
  attributes.ints,
  attributes.doubles,
  attributes.bools,
  attributes.others,
  droppedAttributes,
  droppedEvents,
  droppedLinks,
  resource.strings,
  resource.ints,
  resource.doubles,
  resource.bools,
  resource.others,
  resourceDropped,
  resourceSchemaUrl,
  scopeName,
  scopeVersion,
  scopeAttributes,
  scopeDropped,
  scopeSchemaUrl,
];

/** By number, as `encoded-columns.ts` has them, too. */
const dictionaries: Dictionary[] = [services, names, keys, values, resourceValues, schemaUrls, scopes];

export function columnAt(number: i32): Column {
  return unchecked(columns[number]);
}

export function dictionaryAt(number: i32): Dictionary {
  return unchecked(dictionaries[number]);
}

export function clearColumns(): void {
  for (let i = 0; i < columns.length; i++) columnAt(i).clear();
  for (let i = 0; i < dictionaries.length; i++) dictionaryAt(i).clear();
  attributes.clear();
  resource.clear();
  resourceAtHand.clear();
  scopeAtHand.clear();
}

/** From here on, listing them takes no memory. */
export function completeColumns(rowCount: u32): void {
  for (let i = 0; i < columns.length; i++) columnAt(i).fill(rowCount);
  for (let i = 0; i < columns.length; i++) columnAt(i).complete();
}
