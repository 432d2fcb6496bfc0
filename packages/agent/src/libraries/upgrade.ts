/**
 * A request that asks for another protocol (a WebSocket, a CONNECT tunnel) has no response object:
 * the program writes its answer to the socket. The call ends with the first bytes written, whose
 * status line tells the outcome; what the connection does afterwards, for hours perhaps, is not part
 * of the request. `write` and `end` are replaced on this one socket until then.
 */
import type { Duplex } from 'node:stream';
import { guard } from '../guard.ts';
import type { ServerCall } from './server-call.ts';

type Write = (this: Duplex, ...args: unknown[]) => unknown;

export function watchUpgrade(call: ServerCall, socket: Duplex): void {
  const target = socket as unknown as { write?: Write; end?: Write };
  const { write, end } = target as { write: Write; end: Write };
  const closed = guard('http.server.upgradeClosed', () => call.abort(undefined));
  const answered = guard('http.server.upgrade', (chunk: unknown) => {
    Reflect.deleteProperty(target, 'write');
    Reflect.deleteProperty(target, 'end');
    socket.off('close', closed);
    const statusCode = readStatus(chunk);
    if (statusCode === undefined) call.abort(undefined);
    else call.finish(statusCode);
  });
  target.write = function (...args) {
    answered(args[0]);
    return write.apply(this, args);
  };
  target.end = function (...args) {
    answered(args[0]);
    return end.apply(this, args);
  };
  socket.once('close', closed);
}

/** `HTTP/1.1 101 Switching Protocols` */
function readStatus(chunk: unknown): number | undefined {
  const text = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? startOf(chunk) : '';
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

function startOf(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, 16)).toString('latin1');
}
