/** The blamed share in figures, the same that the server's sentence names. */
import { type Blame, formatShare } from '@sightline/wire';

/** Of the trace's duration, 0 to 1: of all the spans that are blamed together, where it is several. */
export function blamedShare({ share, repeated }: Blame): number {
  return repeated?.share ?? share;
}

/** For the row of the blamed span: `99 % of the time`, `88 % in 40 of these`. */
export function blameBadge(blame: Blame): string {
  const figure = formatShare(blamedShare(blame));
  return blame.repeated ? `${figure} in ${blame.repeated.spanCount} of these` : `${figure} of the time`;
}
