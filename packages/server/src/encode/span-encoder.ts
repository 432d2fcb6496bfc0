/**
 * OTLP protobuf bytes → blocks of ClickHouse's Native format. All that is done for each span is done in WebAssembly
 * (`packages/server/assembly`); blocks are put together here, from its memory.
 *
 * The input was checked on arrival (`checkTraces`); spans that were refused there are left out here by the same rule.
 */
import { type Dictionaries, keysBlock, namesBlock } from './batch-counts.ts';
import { spanColumns } from './encoded-columns.ts';
import { EncodedKeys } from './encoded-keys.ts';
import { EncoderHost } from './encoder-host.ts';
import { type EncoderModule, encoderModule } from './encoder-module.ts';
import { type NativeBlock, nativeBlock } from './native-block.ts';
import type { ShardFilter } from './shard-filter.ts';
import type { SpanBatch } from './span-batch.ts';
import { metricsBlock } from './span-metrics.ts';

export class SpanEncoder {
  readonly #host = new EncoderHost();
  readonly #module: EncoderModule = encoderModule(this.#host);
  readonly #dictionaries: Dictionaries;
  readonly #writer: number;
  #filter: ShardFilter | undefined;
  #isFinished = false;

  /** @param writer whose batches these are: no two writers of one store have the same number, of 32 bits */
  constructor(writer = 0) {
    this.#writer = writer;
    this.#host.serve(this.#module);
    const [services, names, keys] = [0, 1, 2].map((number) => new EncodedKeys(this.#module, number));
    this.#dictionaries = { services, names, keys } as Dictionaries;
  }

  get spanCount(): number {
    return this.#isFinished ? 0 : this.#module.countOfSpans();
  }

  /**
   * One TracesData.
   *
   * @param filter leaves out what belongs to other shards; the same for all of a batch
   * @throws DecodeError where it is malformed, and all of the batch is gone then
   */
  append(tracesData: Uint8Array, filter?: ShardFilter): void {
    if (this.#isFinished) this.#clear();
    this.#orClear(() => {
      this.#setFilter(filter);
      const at = this.#module.input(tracesData.length);
      new Uint8Array(this.#module.memory.buffer).set(tracesData, at);
      this.#host.begin(tracesData, at);
      this.#module.append(tracesData.length);
    });
  }

  /** All that was appended, as a batch, which is valid until more is; the next one begins empty. */
  finish(receivedAtMs: number): SpanBatch<NativeBlock> {
    if (this.#isFinished) this.#clear();
    const module = this.#module;
    const dictionaries = this.#dictionaries;
    const identity = { receivedAtMs, writer: this.#writer };
    const spanCount = module.countOfSpans();
    this.#orClear(() => module.complete(receivedAtMs, this.#writer));
    this.#isFinished = true;
    return {
      ...identity,
      shard: this.#filter?.shard ?? 1,
      spanCount,
      spans: nativeBlock(spanColumns(module, this.#host.events, this.#host.links), spanCount),
      spanNames: namesBlock(module, dictionaries, identity),
      attributeKeys: keysBlock(module, dictionaries, identity),
      spanMetrics: metricsBlock(module, dictionaries, identity),
    };
  }

  #setFilter(filter: ShardFilter | undefined): void {
    this.#filter = filter;
    const slots = filter?.slots ?? [];
    const at = this.#module.setFilter(slots.length, filter?.shard ?? 1);
    new Uint32Array(this.#module.memory.buffer, at, slots.length).set(slots);
  }

  /** A batch of which something went wrong is none: what comes after it begins anew. */
  #orClear(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#clear();
      throw error;
    }
  }

  #clear(): void {
    this.#isFinished = false;
    this.#module.clear();
    this.#host.clear();
  }
}
