/**
 * A session of HTTP/2 that goes on without an event loop, through its socket's file descriptor: at a process's end Node's
 * own part of it stands still, and what counts of its state can be asked for: the next stream's number, the windows. Headers are
 * written out in full, and the backend was told at the session's begin to do the same, so that no table is missed.
 *
 *     frame   length, 3 bytes   type   flags   stream, 4 bytes   payload
 *
 * Frames that Node has read in part leave us out of step: that throws, and whoever sends goes another way.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113
 */
import type { Answer } from '../export/http-response.ts';
import { readSomeSync, writeAllSync } from '../export/sync-exchange.ts';
import { decodeHeaders, encodeHeaders } from './hpack.ts';

const frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8, last: 0x20 } as const;
const flag = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;
const setting = { initialWindowSize: 4, maxFrameSize: 5 } as const;
const headerBytes = 9;
/** We have allowed no larger ones. */
const maxFrameBytes = 16_384;

export interface SessionState {
  fd: number;
  nextStreamId: number;
  /** Bytes that the backend takes now, of all streams together. */
  windowBytes: number;
  /** Bytes that it takes of a new stream. */
  streamWindowBytes: number;
  maxFrameBytes: number;
}

interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export class Http2Takeover {
  readonly #state: SessionState;
  /** Of the stream that is being written. */
  #windowBytes = 0;
  #received: Buffer = Buffer.alloc(0);

  constructor(state: SessionState) {
    this.#state = state;
  }

  /** @throws where the backend resets the call, leaves, or says what we do not understand; DeadlineError */
  exchange(headers: Iterable<readonly [string, string]>, message: Buffer, deadlineMs: number): Answer {
    const stream = this.#state.nextStreamId;
    this.#state.nextStreamId += 2;
    this.#windowBytes = this.#state.streamWindowBytes;
    this.#write(frame.headers, flag.endHeaders, stream, encodeHeaders(headers), deadlineMs);
    this.#writeMessage(stream, message, deadlineMs);
    return this.awaitAnswer(stream, new Map(), [], deadlineMs);
  }

  /** @param headers what has come of it already, like `body` */
  awaitAnswer(stream: number, headers: Map<string, string>, body: Buffer[], deadlineMs: number): Answer {
    for (;;) {
      const next = this.#nextFrame(deadlineMs);
      this.#obey(next, stream, deadlineMs);
      if (next.stream !== stream) continue;
      if (next.type === frame.data) body.push(contentOf(next));
      if (next.type === frame.headers)
        for (const [name, value] of decodeHeaders(blockOf(next))) headers.set(name, value);
      const isEnd = (next.type === frame.data || next.type === frame.headers) && next.flags & flag.endStream;
      if (isEnd)
        return { status: Number(headers.get(':status')), headers, body: Buffer.concat(body), keepsAlive: true };
    }
  }

  /** As much at once as the backend takes. */
  #writeMessage(stream: number, message: Buffer, deadlineMs: number): void {
    for (let at = 0; at < message.length; ) {
      const room = Math.min(this.#windowBytes, this.#state.windowBytes, this.#state.maxFrameBytes);
      if (room <= 0) {
        this.#obey(this.#nextFrame(deadlineMs), stream, deadlineMs);
        continue;
      }
      const part = message.subarray(at, at + room);
      at += part.length;
      this.#windowBytes -= part.length;
      this.#state.windowBytes -= part.length;
      this.#write(frame.data, at === message.length ? flag.endStream : 0, stream, part, deadlineMs);
    }
  }

  /** What a frame asks of us, whatever we wait for. */
  #obey({ type, flags, stream, payload }: Frame, ours: number, deadlineMs: number): void {
    if (type === frame.reset && stream === ours) throw new Error('the backend reset the call');
    if (type === frame.goAway && payload.readUInt32BE(0) < ours) throw new Error('the backend is leaving');
    if (type === frame.windowUpdate) this.#widen(stream, ours, payload.readUInt32BE(0) & 0x7fffffff);
    if (flags & flag.ack) return;
    if (type === frame.settings) {
      this.#readSettings(payload);
      this.#write(frame.settings, flag.ack, 0, Buffer.alloc(0), deadlineMs);
    }
    if (type === frame.ping) this.#write(frame.ping, flag.ack, 0, payload, deadlineMs);
  }

  #widen(stream: number, ours: number, bytes: number): void {
    if (stream === 0) this.#state.windowBytes += bytes;
    else if (stream === ours) this.#windowBytes += bytes;
  }

  #readSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const name = payload.readUInt16BE(at);
      if (name === setting.maxFrameSize) this.#state.maxFrameBytes = value;
      if (name !== setting.initialWindowSize) continue;
      this.#windowBytes += value - this.#state.streamWindowBytes;
      this.#state.streamWindowBytes = value;
    }
  }

  #nextFrame(deadlineMs: number): Frame {
    const header = this.#take(headerBytes, deadlineMs);
    const length = header.readUIntBE(0, 3);
    const type = header.readUInt8(3);
    if (length > maxFrameBytes || type > frame.last) throw new Error('out of step with the session');
    const flags = header.readUInt8(4);
    const stream = header.readUInt32BE(5) & 0x7fffffff;
    return { type, flags, stream, payload: this.#take(length, deadlineMs) };
  }

  #take(length: number, deadlineMs: number): Buffer {
    while (this.#received.length < length) {
      this.#received = Buffer.concat([this.#received, readSomeSync(this.#state.fd, deadlineMs)]);
    }
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  #write(type: number, flags: number, stream: number, payload: Buffer, deadlineMs: number): void {
    const header = Buffer.alloc(headerBytes);
    header.writeUIntBE(payload.length, 0, 3);
    header.writeUInt8(type, 3);
    header.writeUInt8(flags, 4);
    header.writeUInt32BE(stream, 5);
    writeAllSync(this.#state.fd, Buffer.concat([header, payload]), deadlineMs);
  }
}

function blockOf(headers: Frame): Buffer {
  if (!(headers.flags & flag.endHeaders)) throw new Error('headers in more than one frame');
  const content = contentOf(headers);
  return headers.flags & flag.priority ? content.subarray(5) : content;
}

function contentOf({ flags, payload }: Frame): Buffer {
  return flags & flag.padded ? payload.subarray(1, payload.length - payload.readUInt8(0)) : payload;
}
