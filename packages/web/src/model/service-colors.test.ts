import { describe, expect, test } from 'vitest';
import { assignSlots, palette } from './service-colors.ts';

describe('assigning', () => {
  test('the first services get the first colours, and keep them', () => {
    const first = assignSlots(new Map(), ['proxy', 'fast', 'proxy']);
    const second = assignSlots(first, ['another', 'fast']);
    expect([...second]).toEqual([
      ['proxy', 0],
      ['fast', 1],
      ['another', 2],
    ]);
    expect(assignSlots(second, ['fast'])).toBe(second);
  });

  test('after the tenth service the colours start over, evenly', () => {
    const names = Array.from({ length: 25 }, (_, n) => `s${n}`);
    const slots = assignSlots(new Map(), names);
    expect(slots.get('s10')).toBe(0);
    expect(slots.get('s24')).toBe(4);
  });
});

/** Machado, Oliveira and Fernandes 2009, severity 1: how a colour looks without one kind of cone. */
const sight = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colors = palette.map((color) => linear(color[theme]));

  test.each(Object.keys(sight) as (keyof typeof sight)[])('the first six tell apart with %s sight', (kind) => {
    const seen = colors.slice(0, 6).map((color) => oklab(simulate(color, sight[kind])));
    expect(leastDistance(seen)).toBeGreaterThan(kind === 'tritanopia' ? 0.055 : 0.09);
  });

  test('all ten tell apart in full sight', () => {
    expect(leastDistance(colors.map(oklab))).toBeGreaterThan(0.06);
  });

  test('every one stands out from the page, 3 to 1', () => {
    const page = luminance(linear(theme === 'light' ? '#ffffff' : '#141a1b'));
    for (const color of colors) {
      const [bright, dim] = [luminance(color), page].sort((a, b) => b - a) as [number, number];
      expect((bright + 0.05) / (dim + 0.05)).toBeGreaterThanOrEqual(3);
    }
  });

  test('none looks like the red of errors', () => {
    const error = oklab(linear(theme === 'light' ? '#c2261c' : '#ff7b6e'));
    for (const color of colors) expect(distance(oklab(color), error)).toBeGreaterThan(0.07);
  });
});

type Triple = [number, number, number];

function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

function simulate([r, g, b]: Triple, m: readonly number[]): Triple {
  const row = (at: number) => Math.max(0, (m[at] ?? 0) * r + (m[at + 1] ?? 0) * g + (m[at + 2] ?? 0) * b);
  return [row(0), row(3), row(6)];
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function leastDistance(seen: Triple[]): number {
  const pairs = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b)));
  return Math.min(...pairs);
}
