import '../../styles/query-bar.css';
import type { ReactElement } from 'react';

const examples: readonly { q: string; says: string }[] = [
  { q: '{ status = error }', says: 'failed spans' },
  { q: '{ duration > 1s }', says: 'slow spans' },
  { q: '{ kind = server } >> { status = error }', says: 'requests with a failure below them' },
  { q: '{ kind = client } | count() > 10', says: 'traces with many calls' },
  { q: '{ } | rate() by (resource.service.name)', says: 'a chart: spans per second of each service' },
  { q: '{ kind = server } | quantile_over_time(duration, .5, .95, .99)', says: 'a chart: percentiles' },
];

/** Where nothing has been asked yet: what can be. */
export function QueryExamples({ onPick }: { onPick: (q: string) => void }): ReactElement {
  return (
    <ul className="query-examples" aria-label="Examples">
      {examples.map(({ q, says }) => (
        <li key={q}>
          <button type="button" className="query-example" onClick={() => onPick(q)}>
            <code>{q}</code>
            <span className="faint">{says}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
