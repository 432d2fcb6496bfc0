import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { DecodeError } from '@sightline/wire';
import { BodyTooLarge } from './body-reader.ts';

export class UnknownEncoding extends Error {
  constructor(encoding: string) {
    super(`The content encoding ${JSON.stringify(encoding)} is not known here: send gzip, deflate or none.`);
    this.name = 'UnknownEncoding';
  }
}

const decompressors = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };

/**
 * Stops as soon as the output passes `maxBytes`, however little was sent.
 * @throws BodyTooLarge, UnknownEncoding, DecodeError
 */
export async function decompress(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (!isKnown(name)) throw new UnknownEncoding(name);
  try {
    return await decompressors[name](body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge(maxBytes);
    const reason = error instanceof Error ? error.message : String(error);
    throw new DecodeError(0, '', `not ${name}: ${reason}`);
  }
}

function isKnown(name: string): name is keyof typeof decompressors {
  return Object.hasOwn(decompressors, name);
}
