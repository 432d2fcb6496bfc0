import { expect, test } from 'vitest';
import { timeSplits } from './scatter.ts';
import { ageText, countOf, unixNanoToMs } from './time-text.ts';
import { findTraceId } from './trace-id.ts';

test('ages are told in the unit a person would choose', () => {
  const now = 1_780_000_000_000;
  const ages = [1, 40, 5 * 60, 3 * 3600, 50 * 3600].map((seconds) => ageText(now - seconds * 1000, now));
  expect(ages).toEqual(['just now', '40 s ago', '5 min ago', '3 h ago', '2 d ago']);
});

test('one is singular', () => {
  expect([countOf(1, 'span'), countOf(12_044, 'span')]).toEqual(['1 span', '12,044 spans']);
});

test('epoch nanoseconds become milliseconds with their microseconds', () => {
  expect(unixNanoToMs('1780000000000123456')).toBe(1_780_000_000_000.123);
});

test('a trace id is found in whatever was pasted', () => {
  const id = '7f3a9c0de1b24c5aa9917c2b33d0e4f1';
  expect(findTraceId(` ${id.toUpperCase()} `)).toBe(id);
  expect(findTraceId(`00-${id}-00f067aa0ba902b7-01`)).toBe(id);
  expect(findTraceId(`http://localhost:16686/trace/${id}?span=00f067aa0ba902b7`)).toBe(id);
  expect(findTraceId('a9917c2b33d0e4f1')).toBe('0000000000000000a9917c2b33d0e4f1');
  expect(findTraceId('hello')).toBeUndefined();
  expect(findTraceId(`${id}0`)).toBeUndefined();
});

test('the plot’s times are round in the reader’s time zone', () => {
  const start = Date.UTC(2026, 5, 5, 9, 3, 20);
  const minutes = (offset: number) =>
    timeSplits(start, start + 20 * 60_000, 5, offset).map((at) =>
      new Date(at - offset * 60_000).toISOString().slice(11, 16),
    );
  expect(minutes(0)).toEqual(['09:05', '09:10', '09:15', '09:20']);
  expect(minutes(-330)).toEqual(['14:35', '14:40', '14:45', '14:50']);
});
