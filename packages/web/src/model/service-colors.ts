/**
 * Colours that tell services apart: for eyes that see all colours, and for those that see red and
 * green, or blue and yellow, as one (the test simulates them). Red is left out, it means an error;
 * so is the accent's teal. The first six differ most, so services get their colours in the order
 * in which they are first seen; after the tenth, colours repeat.
 */
export interface ServiceColor {
  readonly light: string;
  readonly dark: string;
}

export const palette: readonly ServiceColor[] = [
  { light: '#1a68cd', dark: '#5680ea' },
  { light: '#a75208', dark: '#f59a2e' },
  { light: '#a678f5', dark: '#bd9cf9' },
  { light: '#4f9f7d', dark: '#6fe0b4' },
  { light: '#8c2f70', dark: '#c95f96' },
  { light: '#ab8a02', dark: '#f5d35c' },
  { light: '#218baa', dark: '#77c8f0' },
  { light: '#8a9a52', dark: '#b5cb80' },
  { light: '#6e4c35', dark: '#c99f86' },
  { light: '#5f6672', dark: '#909eb1' },
];

/** `slots` with a place in the palette for each of `names` that had none; the least used comes first. */
export function assignSlots(slots: ReadonlyMap<string, number>, names: Iterable<string>): ReadonlyMap<string, number> {
  const missing = [...new Set(names)].filter((name) => !slots.has(name));
  if (missing.length === 0) return slots;
  const next = new Map(slots);
  const uses = palette.map((_, slot) => [...slots.values()].filter((used) => used === slot).length);
  for (const name of missing) {
    const slot = uses.indexOf(Math.min(...uses));
    uses[slot] = (uses[slot] ?? 0) + 1;
    next.set(name, slot);
  }
  return next;
}

export function slotColor(slot: number): ServiceColor {
  return palette[slot % palette.length] as ServiceColor;
}
