// How many spans a request body holds, without decoding what is in them.

/** ExportTraceServiceRequest: resource_spans (1) → scope_spans (2) → spans (2). */
export function countOtlpSpans(body) {
  let spans = 0;
  for (const resourceSpans of blocks(body, 1)) {
    for (const scopeSpans of blocks(resourceSpans, 2)) spans += blocks(scopeSpans, 2).length;
  }
  return spans;
}

/** The blocks of one field of a protobuf message. */
function blocks(message, field) {
  const found = [];
  let at = 0;
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) === 2) {
      const length = varint();
      if (tag >>> 3 === field) found.push(message.subarray(at, at + length));
      at += length;
    } else if ((tag & 7) === 0) varint();
    else at += (tag & 7) === 1 ? 8 : 4;
  }
  return found;

  function varint() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }
}

/** Datadog's v0.4: an array of traces, each an array of spans, each a map. */
export function countMsgpackSpans(body) {
  let at = 0;
  const traces = arrayLength();
  let spans = 0;
  for (let i = 0; i < traces; i++) {
    const length = arrayLength();
    spans += length;
    for (let k = 0; k < length; k++) skip();
  }
  return spans;

  function arrayLength() {
    const type = body[at++];
    if ((type & 0xf0) === 0x90) return type & 0x0f;
    if (type === 0xdc) return number(2);
    if (type === 0xdd) return number(4);
    throw new Error(`0x${type.toString(16)} at ${at - 1} is not an array`);
  }

  function number(bytes) {
    at += bytes;
    return body.readUIntBE(at - bytes, bytes);
  }

  function skip() {
    const type = body[at++];
    if (type <= 0x7f || type >= 0xe0 || (type >= 0xc0 && type <= 0xc3)) return;
    if (type <= 0x8f) skipItems((type & 0x0f) * 2);
    else if (type <= 0x9f) skipItems(type & 0x0f);
    else if (type <= 0xbf) at += type & 0x1f;
    else skipSized(type);
  }

  function skipItems(count) {
    for (let i = 0; i < count; i++) skip();
  }

  function skipSized(type) {
    if (type >= 0xc4 && type <= 0xc6) skipBytes(number(1 << (type - 0xc4)));
    else if (type >= 0xc7 && type <= 0xc9) skipBytes(number(1 << (type - 0xc7)) + 1);
    else if (type === 0xca) at += 4;
    else if (type === 0xcb) at += 8;
    else if (type <= 0xcf) at += 1 << (type - 0xcc);
    else if (type <= 0xd3) at += 1 << (type - 0xd0);
    else if (type <= 0xd8) at += 1 + (1 << (type - 0xd4));
    else if (type <= 0xdb) skipBytes(number(1 << (type - 0xd9)));
    else if (type <= 0xdd) skipItems(number(2 << (type - 0xdc)));
    else skipItems(2 * number(2 << (type - 0xde)));
  }

  function skipBytes(length) {
    at += length;
  }
}
