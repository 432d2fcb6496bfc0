/** Where a span's duration stands among its like, in one sentence. */
import type { StandingResponse } from '@sightline/wire';
import { formatShare } from '@sightline/wire';
import { countOf } from './time-text.ts';

/** Fewer others than this tell nothing. */
const least = 10;

export function standingText({ spanCount, slowerThan }: StandingResponse): string {
  const others = spanCount - 1;
  if (others < 1) return 'The only one of its kind in 24 hours';
  if (others < least) return `One of ${countOf(spanCount, 'span')} of its kind in 24 hours`;
  if (slowerThan >= 0.5) return `Slower than ${formatShare(slowerThan)} of its like`;
  return `Faster than ${formatShare(1 - slowerThan)} of its like`;
}

/** Worth a second look. */
export function isOutlier({ spanCount, slowerThan }: StandingResponse): boolean {
  return spanCount > least && slowerThan >= 0.95;
}
