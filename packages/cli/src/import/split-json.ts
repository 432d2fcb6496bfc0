import { type ItemPlace, itemsOf } from './json-items.ts';

/**
 * A JSON value as several that say the same together: the elements of one of its lists are shared out among them,
 * with all that stands before and behind the list. Of one trace of Jaeger's, for example, each part has some of
 * the spans, and all of the processes.
 * @param places the list, the list in its elements where those are still too large, and so on
 * @returns the value itself where it is no larger than `maxBytes`, or cannot be split; a broken one, for example, of
 *   which its translator knows better what is wrong
 */
export function splitJson(value: Uint8Array, places: readonly ItemPlace[], maxBytes: number): Uint8Array[] {
  const [place, ...deeper] = places;
  if (value.length <= maxBytes || place === undefined) return [value];
  const items = itemsOf(value, place) ?? [];
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last) return [value];
  const before = value.subarray(0, first.byteOffset);
  const after = value.subarray(last.byteOffset + last.bytes.length);
  return groupsOf(items, maxBytes).flatMap(({ start, end }) =>
    splitJson(Buffer.concat([before, value.subarray(start, end), after]), deeper, maxBytes),
  );
}

interface Group {
  start: number;
  end: number;
}

/** Neighbours, as many as fit. */
function groupsOf(items: readonly { byteOffset: number; bytes: Uint8Array }[], maxBytes: number): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const { byteOffset, bytes } of items) {
    const end = byteOffset + bytes.length;
    if (group && end - group.start <= maxBytes) group.end = end;
    else {
      group = { start: byteOffset, end };
      groups.push(group);
    }
  }
  return groups;
}
