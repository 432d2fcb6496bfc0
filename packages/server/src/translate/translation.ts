/**
 * What every wire format is turned into, once, before the spool: OTLP. A translator is a pure function of the
 * bytes that were received, so that it runs in whichever thread has time for it, and in `sightline import`.
 */
export interface Translation {
  /** `TracesData` in protobuf, well-formed, nothing in pieces; may hold spans that are refused for their ids. */
  payload: Uint8Array;
  /** What the spans take as rows, each with its resource and scope. */
  spreadBytes: number;
  /** Spans that are kept. */
  spanCount: number;
  refusedCount: number;
  /** Where the first refused span stands, and why it was refused. */
  firstRefusal?: string;
}

/** @throws DecodeError where the bytes are not what they claim to be: nothing of them is kept then */
export type Translate = (bytes: Uint8Array) => Translation;

/** For an answer to the sender; undefined when nothing was refused. */
export function refusalText({ refusedCount, firstRefusal }: Translation): string | undefined {
  if (refusedCount === 0) return undefined;
  return `${refusedCount} ${refusedCount === 1 ? 'span was' : 'spans were'} refused; the first: ${firstRefusal}`;
}
