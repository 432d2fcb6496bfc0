import { expect, test } from 'vitest';
import { countShare, rampColor } from './color-ramp.ts';

test('many is bright in the dark, and dark in the light', () => {
  expect(rampColor(1, 'dark')).toBe('rgb(253 231 36)');
  expect(rampColor(1, 'light')).toBe('rgb(72 35 116)');
  expect(rampColor(0, 'light')).toBe(rampColor(1, 'dark'));
});

test('from few to many it gets steadily brighter', () => {
  const brightness = (color: string) => {
    const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const steps = Array.from({ length: 21 }, (_, n) => brightness(rampColor(n / 20, 'dark')));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
});

test('one span is at the beginning, the fullest cell at the end', () => {
  expect(countShare(1, 1000)).toBe(0);
  expect(countShare(1000, 1000)).toBe(1);
  expect(countShare(1, 1)).toBe(1);
  expect(countShare(32, 1000)).toBeCloseTo(0.5, 1);
});
