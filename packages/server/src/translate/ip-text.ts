/**
 * An address as people write it. Written out because this runs in any thread and in no particular runtime.
 *
 * @param hex its bytes
 * @returns '' for bytes that are no address
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function ipText(hex: string): string {
  if (hex.length === 8) return numbersOf(hex, 2).join('.');
  return hex.length === 32 ? ipv6Text(numbersOf(hex, 4)) : '';
}

function numbersOf(hex: string, digits: number): number[] {
  return Array.from({ length: hex.length / digits }, (_, index) =>
    Number.parseInt(hex.slice(index * digits, (index + 1) * digits), 16),
  );
}

function ipv6Text(groups: number[]): string {
  const [start, length] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The first of the longest runs. */
function longestZeros(groups: number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
}
