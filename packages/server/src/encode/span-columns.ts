/** The columns of `spans` and the dictionaries behind them, empty: what `SpanEncoder` fills. */
import { AttributeMaps } from './attribute-maps.ts';
import { type Column, DictionaryColumn, PlainColumn, TextColumn } from './columns.ts';
import { Dictionary } from './dictionary.ts';
import { EventColumns } from './event-columns.ts';
import { LinkColumns } from './link-columns.ts';

export class SpanColumns {
  readonly services: Dictionary = new Dictionary();
  readonly names: Dictionary = new Dictionary();
  readonly keys: Dictionary = new Dictionary();
  readonly #values = new Dictionary();
  readonly resourceValues: Dictionary = new Dictionary();
  readonly #schemaUrls = new Dictionary();
  readonly #scopes = new Dictionary();

  readonly receivedAt: PlainColumn = new PlainColumn("DateTime64(3, 'UTC')", 8);
  readonly writer: PlainColumn = new PlainColumn('UInt32', 4);
  readonly traceId: PlainColumn = new PlainColumn('FixedString(16)', 16);
  readonly spanId: PlainColumn = new PlainColumn('FixedString(8)', 8);
  readonly parentSpanId: PlainColumn = new PlainColumn('FixedString(8)', 8);
  readonly traceState: TextColumn = new TextColumn();
  readonly flags: PlainColumn = new PlainColumn('UInt32', 4);
  readonly service: DictionaryColumn = new DictionaryColumn(this.services);
  readonly name: DictionaryColumn = new DictionaryColumn(this.names);
  readonly kind: PlainColumn = new PlainColumn('UInt8', 1);
  readonly start: PlainColumn = new PlainColumn('UInt64', 8);
  readonly duration: PlainColumn = new PlainColumn('UInt64', 8);
  readonly endBeforeStart: PlainColumn = new PlainColumn('UInt64', 8);
  readonly statusCode: PlainColumn = new PlainColumn('UInt8', 1);
  readonly statusMessage: TextColumn = new TextColumn();
  readonly attributes: AttributeMaps = new AttributeMaps(this.keys, this.#values);
  readonly droppedAttributes: PlainColumn = new PlainColumn('UInt32', 4);
  readonly events: EventColumns = new EventColumns();
  readonly droppedEvents: PlainColumn = new PlainColumn('UInt32', 4);
  readonly links: LinkColumns = new LinkColumns();
  readonly droppedLinks: PlainColumn = new PlainColumn('UInt32', 4);
  readonly resource: AttributeMaps = new AttributeMaps(this.keys, this.resourceValues);
  readonly resourceDropped: PlainColumn = new PlainColumn('UInt32', 4);
  readonly resourceSchemaUrl: DictionaryColumn = new DictionaryColumn(this.#schemaUrls);
  readonly scopeName: DictionaryColumn = new DictionaryColumn(this.#scopes);
  readonly scopeVersion: DictionaryColumn = new DictionaryColumn(this.#scopes);
  readonly scopeAttributes: TextColumn = new TextColumn();
  readonly scopeDropped: PlainColumn = new PlainColumn('UInt32', 4);
  readonly scopeSchemaUrl: DictionaryColumn = new DictionaryColumn(this.#schemaUrls);

  /** By their names in the table. */
  readonly columns: Readonly<Record<string, Column>> = {
    received_at: this.receivedAt,
    writer: this.writer,
    trace_id: this.traceId,
    span_id: this.spanId,
    parent_span_id: this.parentSpanId,
    trace_state: this.traceState,
    flags: this.flags,
    service_name: this.service,
    name: this.name,
    kind: this.kind,
    start_unix_nano: this.start,
    duration_nano: this.duration,
    end_before_start_nano: this.endBeforeStart,
    status_code: this.statusCode,
    status_message: this.statusMessage,
    ...this.attributes.columns('attr'),
    dropped_attributes: this.droppedAttributes,
    ...this.events.columns,
    dropped_events: this.droppedEvents,
    ...this.links.columns,
    dropped_links: this.droppedLinks,
    ...this.resource.columns('resource'),
    resource_dropped: this.resourceDropped,
    resource_schema_url: this.resourceSchemaUrl,
    scope_name: this.scopeName,
    scope_version: this.scopeVersion,
    scope_attributes: this.scopeAttributes,
    scope_dropped: this.scopeDropped,
    scope_schema_url: this.scopeSchemaUrl,
  };

  clear(): void {
    for (const column of Object.values(this.columns)) column.clear();
    for (const dictionary of [this.services, this.names, this.keys, this.resourceValues]) dictionary.clear();
    this.#values.clear();
    this.#schemaUrls.clear();
    this.#scopes.clear();
    this.events.clear();
    this.attributes.shapes.clear();
  }
}
