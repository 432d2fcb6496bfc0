import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';

function zlib(): typeof import('node:zlib') {
  return builtin('node:zlib');
}

/** Compresses off the program's thread where that is asked for; a body that cannot be compressed never arises. */
export function encodeBody(bytes: Uint8Array, gzip: boolean, onEncoded: (body: Uint8Array) => void): void {
  if (gzip) zlib().gzip(bytes, whenCompressed(onEncoded));
  else onEncoded(bytes);
}

function whenCompressed(onEncoded: (body: Uint8Array) => void): (error: Error | null, body: Buffer) => void {
  return guard('export.gzip', (error: Error | null, body: Buffer) => {
    if (error) throw error;
    onEncoded(body);
  });
}

export function encodeBodySync(bytes: Uint8Array, gzip: boolean): Uint8Array {
  return gzip ? zlib().gzipSync(bytes) : bytes;
}
