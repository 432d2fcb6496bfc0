import { type Blame, formatShare } from '@sightline/wire';
import type { ReactElement } from 'react';
import { blamedShare } from '../../model/blame-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { serviceStyle } from '../../ui/service.tsx';

/** The answer before the evidence: which span the time went to. */
export function BlameCard({ blame, onGo }: { blame: Blame; onGo: (() => void) | undefined }): ReactElement {
  return (
    <section className="blame" style={serviceStyle(blame.serviceName)} aria-label="Where the time went">
      <span className="blame-share" aria-hidden="true">
        <span className="blame-figure">{formatShare(blamedShare(blame))}</span>
        <span className="blame-bar">
          <span style={{ width: `${Math.min(100, blamedShare(blame) * 100)}%` }} />
        </span>
      </span>
      <p className="blame-text">{blame.text}</p>
      {onGo && (
        <button type="button" className="button primary" onClick={onGo}>
          {blame.repeated ? 'Show the longest' : 'Show the span'}
          <Icon name="arrowRight" size={14} />
        </button>
      )}
    </section>
  );
}

export function BlamePlaceholder(): ReactElement {
  return (
    <div className="blame" aria-hidden="true">
      <span className="skeleton">00 %</span>
      <span className="skeleton blame-text">Most of the time went into one span of this trace</span>
    </div>
  );
}
