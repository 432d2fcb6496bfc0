/** Colours, where someone looks at them. */

/** @see https://no-color.org */
const coloured: boolean = process.stdout.isTTY === true && !process.env.NO_COLOR;

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'blue';

const codes: Record<Colour, string> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
};

export function paint(text: string, ...colours: Colour[]): string {
  if (!coloured || colours.length === 0) return text;
  return `\u001b[${colours.map((colour) => codes[colour]).join(';')}m${text}\u001b[0m`;
}

export function line(text = ''): void {
  process.stdout.write(`${text}\n`);
}
