import type { ReactElement } from 'react';
import { countOf, nanoText } from '../../model/time-text.ts';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { AttributeRow } from './attribute-groups.tsx';

/** In order of time, each with its distance from the span's start. */
export function SpanEvents({ trace, span }: { trace: Trace; span: TraceSpan }): ReactElement | null {
  const dropped = span.raw.droppedEventsCount ?? 0;
  const events = (span.raw.events ?? [])
    .map((event) => ({ event, at: Number(BigInt(event.timeUnixNano) - trace.startUnixNano) - span.start }))
    .sort((a, b) => a.at - b.at);
  if (events.length === 0 && dropped === 0) return null;
  return (
    <details className="panel-section" open>
      <summary>
        Events <span className="faint">{events.length}</span>
      </summary>
      <ol className="events">
        {events.map(({ event, at }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike in all
          <li key={n} className="event">
            <span className="event-offset">{offsetText(at)}</span>
            <span className="event-dot" data-error={event.name === 'exception' || undefined} />
            <div className="event-body">
              <p>{event.name}</p>
              {(event.attributes?.length ?? 0) > 0 && (
                <dl>
                  {event.attributes
                    // The exception's own block shows these.
                    ?.filter(({ key }) => event.name !== 'exception' || !key.startsWith('exception.'))
                    .map((attribute) => (
                      <AttributeRow key={attribute.key} attribute={attribute} />
                    ))}
                </dl>
              )}
            </div>
          </li>
        ))}
      </ol>
      {dropped > 0 && <p className="panel-note">{countOf(dropped, 'event')} dropped by the program that sent it.</p>}
    </details>
  );
}

/** An event may lie before its span: somebody set its time by hand. */
function offsetText(at: number): string {
  return at < 0 ? `−${nanoText(-at)}` : `+${nanoText(at)}`;
}
