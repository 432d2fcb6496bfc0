/**
 * dist/exporters.cjs: the formats besides OTLP's protobuf over HTTP. Each translates what the default would have
 * sent, so that a span costs the program the same whatever becomes of it; the translation is a matter of
 * the moment when it leaves. What has a state (guard, counters, log) stays in agent.cjs.
 */
import { readTraces, type TracesData } from '@sightline/wire';
import type { CreateFormat, Protocol } from '../export/protocol.ts';
import { ConsoleConnection, readConsoleOutcome } from './console-connection.ts';
import { ConsoleText } from './console-text.ts';
import { DatagramConnection, maxDatagramBytes } from './datagram-connection.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { readGrpcOutcome } from './grpc-outcome.ts';
import { jaegerDatagrams } from './jaeger-datagrams.ts';
import { readJsonOutcome } from './json-outcome.ts';
import { zipkinJson } from './zipkin-json.ts';

export const createFormat: CreateFormat = (settings, { guard }) => {
  switch (settings.format) {
    case 'http/json':
      return { translate: asText(JSON.stringify), readOutcome: readJsonOutcome };
    case 'zipkin':
      return { translate: asText(zipkinJson) };
    case 'grpc':
      return {
        createRequest: asItIs,
        connect: (events) => new GrpcConnection(settings, events, guard),
        readOutcome: readGrpcOutcome,
      };
    case 'jaeger':
      return {
        translate: (otlp) => jaegerDatagrams(decode(otlp), maxDatagramBytes),
        createRequest: asItIs,
        connect: (events) => new DatagramConnection(settings.target, events, guard),
      };
    case 'console': {
      const text = new ConsoleText();
      return {
        translate: (otlp) => ({ body: text.write(decode(otlp)), omittedSpans: 0 }),
        createRequest: asItIs,
        connect: (events) => new ConsoleConnection(events, guard),
        readOutcome: readConsoleOutcome,
      };
    }
    default:
      return {};
  }
};

function asText(write: (traces: TracesData) => string): Protocol['translate'] {
  return (otlp) => ({ body: [Buffer.from(write(decode(otlp)))], omittedSpans: 0 });
}

function decode(otlp: readonly Uint8Array[]): TracesData {
  return readTraces(Buffer.concat(otlp));
}

function asItIs(body: readonly Uint8Array[]): readonly Uint8Array[] {
  return body;
}
