import type { Translation } from '@sightline/server/translate/translation';

/** A part of a file, as OTLP or as what is wrong with it. */
export type Piece = PiecePlace & (Translation | { readonly problem: string });

export interface PiecePlace {
  /** From the start of the file's content, unzipped. */
  readonly byteOffset: number;
  /** From 1; undefined where there are no lines. */
  readonly line?: number;
}
