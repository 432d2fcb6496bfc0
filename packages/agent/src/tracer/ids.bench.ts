import { hexOfSpanId, newTraceId, randomWord, readTraceId } from './ids.ts';

const hex = '0af7651916cd43dd8448eb211c80319c';

export const benches = {
  'a random word': () => randomWord(),
  'a trace id': () => newTraceId(),
  'its hex': () => newTraceId().hex(),
  "a span id's hex": () => hexOfSpanId(0x3e9f0b77, 0x61c2d4e8),
  'a trace id read': () => readTraceId(hex, 0),
};
