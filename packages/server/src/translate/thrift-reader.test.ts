import { DecodeError } from '@sightline/wire';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMsOf } from './cpu-time.fixture.ts';
import { readThriftList, readThriftMessage, readThriftStruct } from './thrift-reader.ts';
import { type ThriftObject, thriftStruct } from './thrift-struct.ts';
import { thriftBytes, thriftProtocols, writeMessage, writeStruct } from './thrift-writer.fixture.ts';

const item = thriftStruct({ name: [1, 'string'], isGood: [2, 'bool'], weight: [40, 'double'] });
const sample = thriftStruct({
  flag: [1, 'bool'],
  small: [2, 'byte'],
  short: [3, 'i16'],
  count: [4, 'i32'],
  large: [5, 'i64'],
  ratio: [6, 'double'],
  text: [7, 'string'],
  blob: [8, 'binary'],
  item: [9, item],
  items: [10, [item]],
});
type Sample = ThriftObject<typeof sample>;

/** The thrift package writes no negative zero. */
const anyDouble = fc.double().filter((value) => !Object.is(value, -0));
const anyItem: Arbitrary<ThriftObject<typeof item>> = fc.record(
  { name: fc.string({ unit: 'grapheme' }), isGood: fc.boolean(), weight: anyDouble },
  { requiredKeys: [] },
);
const anySample: Arbitrary<Sample> = fc.record(
  {
    flag: fc.boolean(),
    small: fc.integer({ min: -128, max: 127 }),
    short: fc.integer({ min: -0x8000, max: 0x7fff }),
    count: fc.integer(),
    large: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ratio: anyDouble,
    text: fc.string({ unit: 'grapheme' }),
    blob: fc.uint8Array(),
    item: anyItem,
    items: fc.array(anyItem, { maxLength: 20 }),
  },
  { requiredKeys: [] },
);

function failure(attempt: () => unknown): DecodeError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe.each(thriftProtocols)('Thrift %s', (protocol) => {
  const bytesOf = (value: Sample): Buffer => thriftBytes(protocol, (output) => writeStruct(output, sample, value));

  test('reads what the thrift package writes: structs, lists and messages', () =>
    fc.assert(
      fc.property(anySample, (value) => {
        const bytes = bytesOf(value);
        expect(readThriftStruct(bytes, sample)).toEqual(withPlainBytes(value));
        const message = thriftBytes(protocol, (output) => writeMessage(output, 'send', sample, value));
        expect(readThriftMessage(message, 'send', sample)).toEqual(withPlainBytes(value));
      }),
    ));

  test('reads a list that stands alone', () =>
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 20 }), (items) => {
        const bytes = thriftBytes(protocol, (output) => {
          output.writeListBegin(12, items.length);
          for (const one of items) writeStruct(output, item, one);
        });
        expect(readThriftList(bytes, item)).toEqual(items);
      }),
    ));

  test('skips what the table does not have, whatever it is', () =>
    fc.assert(
      fc.property(anySample, (value) => {
        const bytes = thriftBytes(protocol, (output) => {
          output.writeStructBegin('');
          output.writeFieldBegin('', 8, 4);
          output.writeI32(5);
          output.writeFieldBegin('', 13, 100);
          output.writeMapBegin(11, 15, 1);
          output.writeString('key');
          output.writeListBegin(2, 2);
          output.writeBool(true);
          output.writeBool(false);
          output.writeFieldBegin('', 12, 101);
          writeStruct(output, sample, value);
          output.writeFieldBegin('', 14, 102);
          output.writeSetBegin(4, 1);
          output.writeDouble(1);
          output.writeFieldBegin('', 2, 103);
          output.writeBool(true);
          output.writeFieldBegin('', 11, 7);
          output.writeString('read');
          output.writeFieldStop();
        });
        expect(readThriftStruct(bytes, sample)).toEqual({ count: 5, text: 'read' });
      }),
    ));

  test('whatever the bytes are, reads them or throws a DecodeError', () => {
    const mutated = fc.tuple(
      anySample.map(bytesOf),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated.map(mutate)), (bytes) => {
        for (const read of [
          () => readThriftStruct(bytes, sample),
          () => readThriftList(bytes, item),
          () => readThriftMessage(bytes, 'send', sample),
        ]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('names the path of what is cut off', () => {
    const bytes = bytesOf({ items: [{ name: 'first' }, { name: 'second' }] });
    const cut = bytes.subarray(0, bytes.indexOf('second') + 2);
    expect(failure(() => readThriftStruct(cut, sample)).message).toMatch(
      /^items\[1\]\.name: a length of 6 bytes, where 2 are left \(at byte \d+\)$/,
    );
  });

  test('refuses another type than the table has', () => {
    const bytes = thriftBytes(protocol, (output) => {
      output.writeStructBegin('');
      output.writeFieldBegin('', 10, 7);
      output.writeI64(1);
      output.writeFieldStop();
    });
    expect(failure(() => readThriftStruct(bytes, sample)).message).toBe('text: i64, where string belongs (at byte 0)');
  });

  test('refuses what follows after the end', () => {
    expect(failure(() => readThriftStruct(Buffer.concat([bytesOf({}), Buffer.of(1, 2)]), sample)).message).toBe(
      'body: 2 bytes after the end (at byte 1)',
    );
  });

  test('refuses a call of another method', () => {
    const bytes = thriftBytes(protocol, (output) => writeMessage(output, 'receive', item, {}));
    expect(failure(() => readThriftMessage(bytes, 'send', item)).problem).toBe(
      'a call of "receive", where send belongs',
    );
  });

  test('refuses to step over values that are nested 1,000 deep', () => {
    const bytes = thriftBytes(protocol, (output) => {
      for (let depth = 0; depth < 1000; depth++) {
        output.writeStructBegin('');
        output.writeFieldBegin('', 12, 15);
      }
    });
    expect(failure(() => readThriftStruct(bytes, sample)).problem).toBe('values are nested more than 64 deep');
  });

  test.each(['list', 'map'])('refuses a %s of two billion items without making room for them', (kind) => {
    const bytes = thriftBytes(protocol, (output) => {
      output.writeStructBegin('');
      output.writeFieldBegin('', kind === 'list' ? 15 : 13, kind === 'list' ? 10 : 15);
      if (kind === 'list') output.writeListBegin(12, 0x7fff_ffff);
      else output.writeMapBegin(11, 11, 0x7fff_ffff);
    });
    expect(failure(() => readThriftStruct(bytes, sample)).problem).toBe(
      `a ${kind} of 2147483647 items, where 0 bytes are left`,
    );
  });

  test('refuses 16 MiB of empty structs before they cost seconds', () => {
    const size = 16 * 1024 * 1024;
    const head = thriftBytes(protocol, (output) => {
      output.writeStructBegin('');
      output.writeFieldBegin('', 15, 10);
      output.writeListBegin(12, size);
    });
    const bytes = Buffer.concat([head, Buffer.alloc(size)]);
    expect(failure(() => readThriftStruct(bytes, sample)).message).toMatch(
      /^items\[249999\]: more than 250000 structs: send fewer spans at once/,
    );
    expect(cpuMsOf(() => failure(() => readThriftStruct(bytes, sample)))).toBeLessThan(1000);
  });

  test('steps over a million values that nobody asked for in no time', () => {
    const size = 1_000_000;
    const head = thriftBytes(protocol, (output) => {
      output.writeStructBegin('');
      output.writeFieldBegin('', 15, 14);
      output.writeListBegin(12, size);
    });
    const bytes = Buffer.concat([head, Buffer.alloc(size + 1)]);
    expect(readThriftStruct(bytes, sample)).toEqual({});
    expect(cpuMsOf(() => readThriftStruct(bytes, sample))).toBeLessThan(1000);
  });

  test('text that is not UTF-8 gets replacement characters', () => {
    const bytes = bytesOf({ text: 'work' });
    bytes.set([0xff, 0xc0], bytes.indexOf('work'));
    expect(readThriftStruct(bytes, sample)).toEqual({ text: '\ufffd\ufffdrk' });
  });
});

test('reads a message of the binary protocol from before it had versions', () => {
  const args = thriftBytes('binary', (output) => writeStruct(output, item, { name: 'x' }));
  const head = Buffer.from([0, 0, 0, 4, ...Buffer.from('send'), 1, 0, 0, 0, 0]);
  expect(readThriftMessage(Buffer.concat([head, args]), 'send', item)).toEqual({ name: 'x' });
});

test('refuses sizes below zero', () => {
  const list = Buffer.from([15, 0, 10, 12, 0xff, 0xff, 0xff, 0xff]);
  expect(failure(() => readThriftStruct(list, sample)).message).toBe(
    'items: a list of -1 items, where 0 bytes are left (at byte 3)',
  );
  const text = Buffer.from([11, 0, 7, 0x80, 0, 0, 0]);
  expect(failure(() => readThriftStruct(text, sample)).message).toBe(
    'text: a length of -2147483648 bytes, where 0 are left (at byte 3)',
  );
});

test('refuses versions that there are not yet', () => {
  expect(failure(() => readThriftMessage(Buffer.from([0x80, 2, 0, 1]), 'send', item)).problem).toBe(
    "version 2 of Thrift's binary protocol",
  );
  expect(failure(() => readThriftMessage(Buffer.from([0x82, 0x22]), 'send', item)).problem).toBe(
    "version 2 of Thrift's compact protocol",
  );
});

/** `blob` is read as part of the bytes, whatever class those have. */
function withPlainBytes(value: Sample): Sample {
  return value.blob === undefined ? value : { ...value, blob: Buffer.from(value.blob) };
}

function mutate([bytes, changes, cutAt]: [Buffer, [number, number][], number]): Uint8Array {
  for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
  return cutAt % 3 === 0 ? bytes.subarray(0, cutAt % (bytes.length + 1)) : bytes;
}
