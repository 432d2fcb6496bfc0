/** Protobuf's own times, as tables and as nanoseconds. */
import { field, type Message, message } from '@sightline/wire';

const fields = [field(1, 'seconds', 'int64'), field(2, 'nanos', 'int32')];
export const timestampMessage: Message = message('google.protobuf.Timestamp', ...fields);
export const durationMessage: Message = message('google.protobuf.Duration', ...fields);

/** Either of them, as `readProtobuf` gives it. */
export interface ProtoTime {
  seconds?: string;
  nanos?: number;
}

const secondNano = 1_000_000_000n;

export function nanoOf({ seconds = '0', nanos = 0 }: ProtoTime = {}): bigint {
  return BigInt(seconds) * secondNano + BigInt(nanos);
}

/** Of no time before 1970. */
export function protoTimeOf(nano: bigint): ProtoTime {
  return { seconds: String(nano / secondNano), nanos: Number(nano % secondNano) };
}
