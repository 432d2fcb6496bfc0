/**
 * Zipkin's JSON of both versions, told apart span by span, so that it does not matter which of the two a sender,
 * or a file, says that it is: `binaryAnnotations`, and an `endpoint` at an annotation, are v1's alone, and a span
 * without either means the same in both. More is accepted than Zipkin asks of a sender: numbers as strings, tags
 * that are numbers, null for "not set". Unknown members are ignored.
 *
 * @see https://zipkin.io/zipkin-api/zipkin2-api.yaml
 * @see https://zipkin.io/zipkin-api/zipkin-api.yaml
 */
import { type AnyValue, bytesOfBase64, type SpanKindNumber } from '@sightline/wire';
import { type JsonFields, type Members, readJson, type Scalar } from './json-fields.ts';
import { nanoOfMicros } from './micros.ts';
import type { Translation } from './translation.ts';
import { ZipkinTranslation } from './zipkin-otlp.ts';
import {
  emptyEndpoint,
  emptySpan,
  type ZipkinBinaryAnnotation,
  type ZipkinEndpoint,
  type ZipkinSpan,
  type ZipkinV1Annotation,
  type ZipkinV1Span,
} from './zipkin-span.ts';

/** A list of spans. @throws DecodeError with byte offset and field path */
export function translateZipkinJson(bytes: Uint8Array): Translation {
  const translation = new ZipkinTranslation();
  readJson(bytes, (json) =>
    json.list((index) => {
      const span = json.object(spanMembers, emptyEither(`[${index}]`));
      if (isV1(span)) translation.addV1(span);
      else translation.add(span);
    }),
  );
  return translation.finish();
}

/** A span before it is known which version it is. */
type EitherSpan = Omit<ZipkinSpan, 'annotations'> & ZipkinV1Span;

function emptyEither(path: string): EitherSpan {
  return Object.assign(emptySpan(path), { binaryAnnotations: [] });
}

function isV1({ annotations, binaryAnnotations }: EitherSpan): boolean {
  return binaryAnnotations.length > 0 || annotations.some(({ endpoint }) => endpoint !== undefined);
}

const spanMembers: Members<EitherSpan> = new Map(
  Object.entries<(json: JsonFields, span: EitherSpan) => void>({
    traceId: (json, span) => {
      span.traceId = json.text();
    },
    id: (json, span) => {
      span.id = json.text();
    },
    parentId: (json, span) => {
      span.parentId = json.text();
    },
    name: (json, span) => {
      span.name = json.text();
    },
    kind: (json, span) => {
      span.kind = json.converted('CLIENT, SERVER, PRODUCER or CONSUMER', (text) => kinds.get(text.toUpperCase()));
    },
    timestamp: (json, span) => {
      span.startUnixNano = micros(json);
    },
    duration: (json, span) => {
      span.durationNano = micros(json);
    },
    localEndpoint: (json, span) => {
      span.local = endpoint(json);
    },
    remoteEndpoint: (json, span) => {
      span.remote = endpoint(json);
    },
    annotations: (json, span) =>
      json.list(() => {
        span.annotations.push(json.object(annotationMembers, { unixNano: 0n, value: '' }));
      }),
    tags: (json, span) =>
      json.entries((name) => {
        span.tags.set(name, anyValueOf(json.scalar()));
      }),
    binaryAnnotations: (json, span) =>
      json.list(() => {
        span.binaryAnnotations.push(binaryAnnotation(json));
      }),
    debug: (json, span) => {
      span.isDebug = json.isTrue();
    },
    shared: (json, span) => {
      span.isShared = json.isTrue();
    },
  }),
);

const kinds: ReadonlyMap<string, SpanKindNumber> = new Map([
  ['SERVER', 2],
  ['CLIENT', 3],
  ['PRODUCER', 4],
  ['CONSUMER', 5],
]);

const annotationMembers: Members<ZipkinV1Annotation> = new Map(
  Object.entries<(json: JsonFields, annotation: ZipkinV1Annotation) => void>({
    timestamp: (json, annotation) => {
      annotation.unixNano = micros(json);
    },
    value: (json, annotation) => {
      annotation.value = json.text();
    },
    endpoint: (json, annotation) => {
      annotation.endpoint = endpoint(json);
    },
  }),
);

function micros(json: JsonFields): bigint {
  return json.converted('a number of microseconds', nanoOfMicros);
}

function endpoint(json: JsonFields): ZipkinEndpoint {
  return json.object(endpointMembers, emptyEndpoint());
}

const endpointMembers: Members<ZipkinEndpoint> = new Map(
  Object.entries<(json: JsonFields, into: ZipkinEndpoint) => void>({
    serviceName: (json, into) => {
      into.serviceName = json.text();
    },
    ipv4: (json, into) => {
      into.ipv4 = json.text();
    },
    ipv6: (json, into) => {
      into.ipv6 = json.text();
    },
    port: (json, into) => {
      into.port = json.converted('a port', (text) => (/^-?\d{1,5}$/.test(text) ? Number(text) & 0xffff : undefined));
    },
  }),
);

/** The type stands before or behind the value. */
interface BinaryAnnotationDraft extends ZipkinBinaryAnnotation {
  scalar?: Scalar;
  type: string;
}

function binaryAnnotation(json: JsonFields): ZipkinBinaryAnnotation {
  const draft: BinaryAnnotationDraft = { key: '', value: {}, type: '' };
  const { scalar, type, ...annotation } = json.object(binaryAnnotationMembers, draft);
  return { ...annotation, value: scalar ? typedValue(scalar, type) : {} };
}

const binaryAnnotationMembers: Members<BinaryAnnotationDraft> = new Map(
  Object.entries<(json: JsonFields, draft: BinaryAnnotationDraft) => void>({
    key: (json, draft) => {
      draft.key = json.text();
    },
    value: (json, draft) => {
      draft.scalar = json.scalar();
    },
    type: (json, draft) => {
      draft.type = json.text();
    },
    endpoint: (json, draft) => {
      draft.endpoint = endpoint(json);
    },
  }),
);

/** What does not fit its type is taken for what it looks like. */
function typedValue(scalar: Scalar, type: string): AnyValue {
  const { text } = scalar;
  if (type === 'STRING') return { stringValue: text };
  if (type === 'BYTES' && bytesOfBase64(text)) return { bytesValue: text };
  if (/^I(16|32|64)$/.test(type) && isInteger(text)) return { intValue: text };
  if (type === 'DOUBLE' && Number.isFinite(Number(text))) return { doubleValue: Number(text) };
  return anyValueOf(scalar);
}

function anyValueOf({ kind, text }: Scalar): AnyValue {
  if (kind === 'string') return { stringValue: text };
  if (kind !== 'number') return { boolValue: kind === 'true' };
  if (isInteger(text)) return { intValue: text };
  return Number.isFinite(Number(text)) ? { doubleValue: Number(text) } : { stringValue: text };
}

/** Of 64 bits. */
function isInteger(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}
