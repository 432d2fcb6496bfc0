/**
 * Requests that are made once and sent again and again, each time with other ids, users and times: a generator that built its
 * spans anew would be what is measured. The first four bytes of every id are XORed with the number of the pass, so that traces
 * still belong together, and times are moved.
 */
import { ProtobufReader, writeTraces } from '../store/built.mjs';

const baseNano = 1_700_000_000_000_000_000n;

export class Template {
  #bytes;
  #view;
  #ids;
  #times;
  #users;
  #isJson;

  constructor(request, isJson) {
    this.#isJson = isJson;
    this.#bytes = Buffer.from(isJson ? JSON.stringify(request) : writeTraces(request));
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    const { ids, times } = isJson ? placesInJson(this.#bytes) : placesInProtobuf(this.#bytes);
    this.#ids = ids.map((at) => ({
      at,
      value: isJson ? Number.parseInt(this.#bytes.latin1Slice(at, at + 8), 16) : this.#view.getUint32(at),
    }));
    this.#users = placesOfUsers(this.#bytes).map((at) => ({ at, user: Number(this.#bytes.latin1Slice(at, at + 5)) }));
    this.#times = times.map((at) => ({
      at,
      nano: isJson ? BigInt(this.#bytes.latin1Slice(at, at + 19)) : this.#view.getBigUint64(at, true),
    }));
  }

  /** Which of the 100,000 users each of its spans has in a pass, in the order of the spans. */
  usersIn(pass) {
    return this.#users.map(({ user }) => userIn(user, pass));
  }

  get sizeBytes() {
    return this.#bytes.length;
  }

  /** @param nowNano what the templates' base time becomes @returns valid until the next call */
  at(pass, nowNano) {
    const moved = nowNano - baseNano;
    for (const { at, value } of this.#ids) {
      const id = (value ^ pass) >>> 0;
      if (this.#isJson) this.#bytes.latin1Write(id.toString(16).padStart(8, '0'), at);
      else this.#view.setUint32(at, id);
    }
    for (const { at, nano } of this.#times) {
      if (this.#isJson) this.#bytes.latin1Write(String(nano + moved), at);
      else this.#view.setBigUint64(at, nano + moved, true);
    }
    for (const { at, user } of this.#users) this.#bytes.latin1Write(String(userIn(user, pass)).padStart(5, '0'), at);
    return this.#bytes;
  }
}

const userCount = 100_000;

function userIn(user, pass) {
  return (user + pass * 7919) % userCount;
}

function placesOfUsers(bytes) {
  const places = [];
  for (let at = bytes.indexOf('user-'); at >= 0; at = bytes.indexOf('user-', at + 5)) {
    if (bytes.latin1Slice(at + 5, at + 10).match(/^\d{5}$/)) places.push(at + 5);
  }
  return places;
}

export { baseNano };

function placesInJson(bytes) {
  const text = bytes.latin1Slice();
  const places = (pattern) => [...text.matchAll(pattern)].map((match) => match.index + match[0].length);
  return {
    ids: places(/"(?:traceId|spanId|parentSpanId)":"/g),
    times: places(/"(?:startTimeUnixNano|endTimeUnixNano)":"/g),
  };
}

function placesInProtobuf(bytes) {
  const reader = new ProtobufReader(bytes);
  const ids = [];
  const times = [];
  const each = (end, visit) => {
    while (reader.position < end) {
      const tag = reader.tag();
      if ((tag & 7) === 2) {
        const fieldEnd = reader.delimited();
        visit(tag >>> 3, reader.position, fieldEnd);
        reader.position = fieldEnd;
      } else {
        if ((tag & 7) === 1) visit(tag >>> 3, reader.position, reader.position + 8);
        reader.skip(tag);
      }
    }
  };
  each(bytes.length, (_, __, resourceEnd) =>
    each(resourceEnd, (field, ___, scopeEnd) => {
      if (field !== 2) return;
      each(scopeEnd, (inScope, ____, spanEnd) => {
        if (inScope !== 2) return;
        each(spanEnd, (inSpan, at) => {
          if (inSpan === 1 || inSpan === 2 || inSpan === 4) ids.push(at);
          else if (inSpan === 7 || inSpan === 8) times.push(at);
        });
      });
    }),
  );
  return { ids, times };
}
