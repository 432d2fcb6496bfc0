import { type Block, readBlocks } from '../decode/native-blocks.ts';
import type { NativeBlock } from './native-block.ts';

/** Types that only tables have, and those whose data are the same. */
const sameData = new Map([
  ["DateTime64(3, 'UTC')", 'UInt64'],
  ['Date', 'UInt16'],
]);

/**
 * For tests: a block that was encoded, read. `durations`, the last column of `span_metrics`, is a tuple, which no query of ours
 * gives, and is left out. Undefined where there are no rows.
 */
export async function readBlock<Columns>({
  columns,
  rowCount,
  pieces,
}: NativeBlock): Promise<Block<Columns> | undefined> {
  if (rowCount === 0) return undefined;
  const tuple = pieces.findIndex((piece) => textOf(piece) === 'durations');
  const [, ...rest] = tuple < 0 ? pieces : pieces.slice(0, tuple);
  const count = tuple < 0 ? columns.length : columns.length - 1;
  const readable = rest.map((piece) => pieceOf(sameData.get(textOf(piece))) ?? piece);
  const [block] = await readBlocks<Columns>(Buffer.concat([Uint8Array.of(count), ...readable]));
  return block;
}

/** The text of a piece that is a String, as names and types are. */
function textOf(piece: Uint8Array): string {
  return piece[0] === piece.length - 1 && piece.length < 0x80 ? Buffer.from(piece.subarray(1)).toString() : '';
}

function pieceOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(`${String.fromCharCode(text.length)}${text}`);
}
