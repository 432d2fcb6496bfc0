import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';

function zlib(): typeof import('node:zlib') {
  return builtin('node:zlib');
}

/** Compresses off the program's thread where that is asked for; a body that cannot be compressed never arises. */
export function encodeBody(
  parts: readonly Uint8Array[],
  gzip: boolean,
  onEncoded: (body: readonly Uint8Array[]) => void,
): void {
  if (gzip) zlib().gzip(Buffer.concat(parts), whenCompressed(onEncoded));
  else onEncoded(parts);
}

function whenCompressed(onEncoded: (body: readonly Uint8Array[]) => void): (error: Error | null, body: Buffer) => void {
  return guard('export.gzip', (error: Error | null, body: Buffer) => {
    if (error) throw error;
    onEncoded([body]);
  });
}

export function encodeBodySync(parts: readonly Uint8Array[], gzip: boolean): readonly Uint8Array[] {
  return gzip ? [zlib().gzipSync(Buffer.concat(parts))] : parts;
}
