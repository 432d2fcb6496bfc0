/**
 * The JSON of Jaeger's UI: what it saves as a file, and what `GET /api/traces/{id}` answers: `{"data": [trace, …]}`,
 * or one trace alone. Unknown members are ignored.
 *
 *   trace = { traceID, spans: [{ traceID, spanID, operationName, references, startTime, duration, tags, logs, processID }],
 *             processes: { p1: { serviceName, tags } } }
 */
import { readTags } from './jaeger-json-tags.ts';
import { JaegerTranslation } from './jaeger-otlp.ts';
import type { JaegerLog, JaegerProcess, JaegerReference, JaegerSpan } from './jaeger-span.ts';
import { type JsonFields, type Members, readJson } from './json-fields.ts';
import { nanoOfMicros } from './micros.ts';
import type { Translation } from './translation.ts';

/** @throws DecodeError with byte offset and field path */
export function translateJaegerJson(bytes: Uint8Array): Translation {
  const document: JsonDocument = { ...emptyTrace(''), data: [] };
  readJson(bytes, (json) => json.object(documentMembers, document));
  const translation = new JaegerTranslation();
  for (const trace of [document, ...document.data]) addTrace(translation, trace);
  return translation.finish();
}

interface JsonTrace {
  path: string;
  spans: JsonSpan[];
  processes: Map<string, JaegerProcess>;
}

interface JsonDocument extends JsonTrace {
  data: JsonTrace[];
}

interface JsonSpan extends JaegerSpan {
  processId: string;
}

function addTrace(translation: JaegerTranslation, { spans, processes }: JsonTrace): void {
  const unknown: JaegerProcess = emptyProcess();
  for (const span of spans) translation.add(span, processes.get(span.processId) ?? unknown);
}

function emptyTrace(path: string): JsonTrace {
  return { path, spans: [], processes: new Map() };
}

function emptyProcess(): JaegerProcess {
  return { serviceName: '', tags: [] };
}

function emptySpan(path: string): JsonSpan {
  return {
    path,
    traceId: '',
    spanId: '',
    parentSpanId: '',
    operationName: '',
    references: [],
    flags: 0,
    startUnixNano: 0n,
    durationNano: 0n,
    tags: [],
    logs: [],
    warnings: [],
    processId: '',
  };
}

/** Which member is read how. */
function membersOf<Into>(members: Record<string, (json: JsonFields, into: Into) => void>): Members<Into> {
  return new Map(Object.entries(members));
}

const traceReaders: Record<string, (json: JsonFields, trace: JsonTrace) => void> = {
  spans: (json, trace) =>
    json.list((index) => {
      trace.spans.push(json.object(spanMembers, emptySpan(`${trace.path}spans[${index}]`)));
    }),
  processes: (json, trace) =>
    json.entries((id) => {
      trace.processes.set(id, json.object(processMembers, emptyProcess()));
    }),
};
const traceMembers = membersOf(traceReaders);

const documentMembers = membersOf<JsonDocument>({
  ...traceReaders,
  data: (json, document) =>
    json.list((index) => {
      document.data.push(json.object(traceMembers, emptyTrace(`data[${index}].`)));
    }),
});

const processMembers = membersOf<JaegerProcess>({
  serviceName: (json, process) => {
    process.serviceName = json.text();
  },
  tags: (json, process) => readTags(json, process.tags),
});

const spanMembers = membersOf<JsonSpan>({
  traceID: (json, span) => {
    span.traceId = hexId(json, 32);
  },
  spanID: (json, span) => {
    span.spanId = hexId(json, 16);
  },
  parentSpanID: (json, span) => {
    span.parentSpanId = hexId(json, 16);
  },
  operationName: (json, span) => {
    span.operationName = json.text();
  },
  references: (json, span) =>
    json.list(() => {
      span.references.push(json.object(referenceMembers, { type: 'CHILD_OF', traceId: '', spanId: '' }));
    }),
  flags: (json, span) => {
    span.flags = json.converted('an integer of 32 bits', (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined));
  },
  startTime: (json, span) => {
    span.startUnixNano = micros(json);
  },
  duration: (json, span) => {
    span.durationNano = micros(json);
  },
  tags: (json, span) => readTags(json, span.tags),
  logs: (json, span) =>
    json.list(() => {
      span.logs.push(json.object(logMembers, { unixNano: 0n, fields: [] }));
    }),
  processID: (json, span) => {
    span.processId = json.text();
  },
  warnings: (json, span) =>
    json.list(() => {
      span.warnings.push(json.text());
    }),
});

const referenceMembers = membersOf<JaegerReference>({
  refType: (json, reference) => {
    reference.type = json.converted('CHILD_OF or FOLLOWS_FROM', (text) =>
      text === 'CHILD_OF' || text === 'FOLLOWS_FROM' ? text : undefined,
    );
  },
  traceID: (json, reference) => {
    reference.traceId = hexId(json, 32);
  },
  spanID: (json, reference) => {
    reference.spanId = hexId(json, 16);
  },
});

const logMembers = membersOf<JaegerLog>({
  timestamp: (json, log) => {
    log.unixNano = micros(json);
  },
  fields: (json, log) => readTags(json, log.fields),
});

/** Jaeger leaves out zeros in front. What is not hex is no id at all. */
function hexId(json: JsonFields, digits: number): string {
  const text = json.text().toLowerCase();
  if (!/^[0-9a-f]+$/.test(text)) return '';
  return text.padStart(Math.max(digits, text.length + (text.length % 2)), '0');
}

function micros(json: JsonFields): bigint {
  return json.converted('a number of microseconds', nanoOfMicros);
}
