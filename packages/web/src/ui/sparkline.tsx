import type { ReactElement } from 'react';
import { sparklinePath } from '../model/sparkline.ts';

interface Props {
  values: readonly (number | null)[];
  /** What stands at the top. */
  max: number;
  tone?: 'calm' | 'error';
  /** A second line below or above it, paler. */
  beside?: readonly (number | null)[];
}

/** For the eye: the number beside it says the same to everyone. */
export function Sparkline({ values, max, tone = 'calm', beside }: Props): ReactElement {
  const { line, area } = sparklinePath(values, max);
  return (
    <svg className="sparkline" data-tone={tone} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      <path className="sparkline-area" d={area} />
      {beside && <path className="sparkline-line" data-beside d={sparklinePath(beside, max).line} />}
      <path className="sparkline-line" d={line} />
    </svg>
  );
}
