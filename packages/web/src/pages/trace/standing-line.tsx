import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { standingQuery } from '../../api/service-queries.ts';
import { isOutlier, standingText } from '../../model/standing-text.ts';
import { nanoText } from '../../model/time-text.ts';
import type { TraceSpan } from '../../model/trace.ts';

/** How this span's duration compares with those of its service, name and kind. */
export function StandingLine({ traceId, span }: { traceId: string; span: TraceSpan }): ReactElement | null {
  const standing = useQuery(standingQuery(traceId, span.id));
  if (standing.isError) return <p className="standing faint">How it compares is not known: {standing.error.message}</p>;
  if (!standing.data) return null;
  const { p50Nano, p95Nano, spanCount } = standing.data;
  return (
    <p className="standing" data-outlier={isOutlier(standing.data) || undefined}>
      <Link to="/search" search={{ service: span.service, name: span.raw.name, order: 'longest', last: '24h' }}>
        {standingText(standing.data)}
      </Link>
      {spanCount > 1 && (
        <span className="faint">
          p50 {nanoText(p50Nano)}, p95 {nanoText(p95Nano)}
        </span>
      )}
    </p>
  );
}
