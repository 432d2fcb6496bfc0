/** Protobuf messages as places in the input, read field by field. */
import type { ProtobufReader } from '@sightline/wire';

// Field number and wire type, as they stand in front of a value.
export const bytesTag: (field: number) => number = (field) => (field << 3) | 2;
export const varintTag: (field: number) => number = (field) => field << 3;
export const fixed64Tag: (field: number) => number = (field) => (field << 3) | 1;
export const fixed32Tag: (field: number) => number = (field) => (field << 3) | 5;

/** Where a length-delimited field stands in the input; empty when absent. */
export class Slice {
  start = 0;
  end = 0;

  take(reader: ProtobufReader): void {
    this.end = reader.delimited();
    this.start = reader.position;
    reader.position = this.end;
  }

  clear(): void {
    this.start = this.end = 0;
  }
}

/** Calls `read` for each occurrence of a length-delimited field of the message from `start` to `end`. */
export function eachField(
  reader: ProtobufReader,
  wanted: number,
  start: number,
  end: number,
  read: (start: number, end: number) => void,
): void {
  reader.position = start;
  reader.limit = end;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== wanted) {
      reader.skip(tag);
      continue;
    }
    const fieldEnd = reader.delimited();
    read(reader.position, fieldEnd);
    reader.position = fieldEnd;
    reader.limit = end;
  }
}
