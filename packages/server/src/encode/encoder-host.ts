/**
 * What the module that encodes spans (`encoder-module.ts`) leaves to TypeScript, because it is rare or needs strings: JSON of
 * attributes, events, links, text that is not UTF-8, refusals and errors.
 *
 * The module says where something stands by its place in its own memory. Of the input, which is there from `inputAt` on, it
 * is read here in the buffer that it came in.
 */
import { isUtf8 } from 'node:buffer';
import { DecodeError, ProtobufReader, spanRefusal } from '@sightline/wire';
import { anyValueJson } from './any-value-json.ts';
import { repairedUtf8 } from './byte-column.ts';
import type { EncoderModule } from './encoder-module.ts';
import { attributesJson, EventColumns } from './event-columns.ts';
import { LinkColumns } from './link-columns.ts';
import { bytesTag } from './message-fields.ts';

export class EncoderHost {
  readonly events: EventColumns = new EventColumns();
  readonly links: LinkColumns = new LinkColumns();
  #module: EncoderModule | undefined;
  #reader = new ProtobufReader(new Uint8Array(0));
  #inputAt = 0;

  /** What the module imports: `assembly/host.ts` says what each of them is. */
  readonly functions: Readonly<Record<string, (...values: number[]) => unknown>> = {
    valueJson: (start: number, end: number) => this.#give(anyValueJson(this.#readerOf(start, end))),
    scopeAttributesJson: (start: number, end: number) =>
      this.#give(attributesJson(this.#reader, bytesTag(3), start - this.#inputAt, end - this.#inputAt)),
    repaired: (text: number, size: number) => this.#repaired(text, size),
    isRefused: (start: number, end: number) => spanRefusal(this.#readerOf(start, end)) !== undefined,
    appendEvents: (row: number, start: number, end: number, count: number) =>
      this.events.append(row, this.#reader, start - this.#inputAt, end - this.#inputAt, count),
    appendLinks: (row: number, start: number, end: number, count: number) =>
      this.links.append(row, this.#reader, start - this.#inputAt, end - this.#inputAt, count),
    malformed: (at: number, problem: number) => {
      throw new DecodeError(at - this.#inputAt, '', problems[problem] ?? '');
    },
    outOfMemory: (sizeBytes: number) => {
      throw new Error(`A batch of spans is too large to encode: there is no memory for ${sizeBytes} bytes more.`);
    },
  };

  serve(module: EncoderModule): void {
    this.#module = module;
  }

  /** The next payload, and where the module has it. */
  begin(input: Uint8Array, at: number): void {
    this.#reader = new ProtobufReader(input);
    this.#inputAt = at;
  }

  clear(): void {
    this.events.clear();
    this.links.clear();
  }

  #readerOf(start: number, end: number): ProtobufReader {
    this.#reader.position = start - this.#inputAt;
    this.#reader.limit = end - this.#inputAt;
    return this.#reader;
  }

  #repaired(text: number, size: number): number {
    const bytes = new Uint8Array((this.#module as EncoderModule).memory.buffer, text, size);
    return isUtf8(bytes) ? 0 : this.#give(repairedUtf8(bytes));
  }

  /** @returns where the module finds it: its size in four bytes, then it */
  #give(text: string | Uint8Array): number {
    const module = this.#module as EncoderModule;
    const bytes = Buffer.from(text);
    const at = module.allocate(4 + bytes.length);
    new DataView(module.memory.buffer).setUint32(at, bytes.length, true);
    new Uint8Array(module.memory.buffer).set(bytes, at + 4);
    return at;
  }
}

/** By their numbers in `assembly/host.ts`. */
const problems = [
  'the message ends inside a value',
  'a varint is longer than 64 bits',
  'a field number must be between 1 and 2^29-1',
  'a length is larger than what is left',
  'a field has a wire type that OTLP does not use',
];
