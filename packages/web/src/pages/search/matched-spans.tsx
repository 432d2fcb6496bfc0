import '../../styles/matched-spans.css';
import { formatDuration, type MatchedSpan, type TraceSummary, textOf } from '@sightline/wire';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { countText } from '../../model/time-text.ts';
import { ServiceDot } from '../../ui/service.tsx';

const mostShown = 6;

/** What a match shows anyway, and needs no repetition. */
const shownAnyway = new Set(['service.name', 'span:name', 'span:duration']);

/** Which of a trace's spans the query found, with the attributes that it names. */
export function MatchedSpans({ trace }: { trace: TraceSummary }): ReactElement | null {
  const sets = trace.spanSets ?? [];
  const spans = sets.flatMap((set) => set.spans);
  if (spans.length === 0) return null;
  const shown = spans.slice(0, mostShown);
  const more = sets.reduce((sum, set) => sum + set.matchedSpanCount, 0) - shown.length;
  return (
    <td className="cell-matches">
      {shown.map((span) => (
        <MatchLink key={span.spanId} traceId={trace.traceId} span={span} />
      ))}
      {more > 0 && <span className="faint">and {countText(more)} more</span>}
    </td>
  );
}

function MatchLink({ traceId, span }: { traceId: string; span: MatchedSpan }): ReactElement {
  const { spanId, serviceName, name, durationNano, attributes = [] } = span;
  return (
    <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId }} className="match">
      <ServiceDot name={serviceName} />
      <span className="match-name">{name || '(no name)'}</span>
      <span className="match-duration">{formatDuration(BigInt(durationNano))}</span>
      {attributes
        .filter(({ key }) => !shownAnyway.has(key))
        .map(({ key, value }) => (
          <span key={key} className="match-attribute">
            <span className="faint">{key}=</span>
            {textOf(value)}
          </span>
        ))}
    </Link>
  );
}
