/** One colour per service for as long as this browser remembers, on every page alike. */
import { assignSlots, type ServiceColor, slotColor } from '../model/service-colors.ts';
import { remembered } from './remembered.ts';

const stored = remembered<[string, number][]>('sightline.service-colors', readSlots);
let slots: ReadonlyMap<string, number> = new Map(stored.read());

/** Call with all names of a page at once: those seen first get the colours that differ most. */
export function rememberServices(names: Iterable<string>): void {
  const next = assignSlots(slots, names);
  if (next === slots) return;
  slots = next;
  stored.write([...slots].slice(-500));
}

export function serviceColor(name: string): ServiceColor {
  if (!slots.has(name)) rememberServices([name]);
  return slotColor(slots.get(name) ?? 0);
}

function readSlots(text: string | null): [string, number][] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter(isSlot) : [];
  } catch {
    return [];
  }
}

function isSlot(entry: unknown): entry is [string, number] {
  return Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]) && entry[1] >= 0;
}
