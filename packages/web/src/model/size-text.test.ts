import { expect, test } from 'vitest';
import { sizeText } from './size-text.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 KB'],
  [1550, '1.6 KB'],
  [16_777_216, '17 MB'],
  [2e9, '2 GB'],
  [3.04e12, '3 TB'],
  [5e16, '50000 TB'],
])('%d bytes read as %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
