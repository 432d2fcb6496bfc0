import type { SpanLink } from '@sightline/wire';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { countOf } from '../../model/time-text.ts';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { Icon } from '../../ui/icon.tsx';
import { AttributeRow } from './attribute-groups.tsx';

interface Props {
  span: TraceSpan;
  trace: Trace;
  onSelect: (span: TraceSpan) => void;
}

export function SpanLinks({ span, trace, onSelect }: Props): ReactElement | null {
  const links = span.raw.links ?? [];
  const dropped = span.raw.droppedLinksCount ?? 0;
  if (links.length === 0 && dropped === 0) return null;
  return (
    <details className="panel-section" open>
      <summary>
        Links <span className="faint">{links.length}</span>
      </summary>
      <ul className="links">
        {links.map((link, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two links may be alike in all
          <li key={n}>
            <LinkTarget link={link} trace={trace} onSelect={onSelect} />
            {(link.attributes?.length ?? 0) > 0 && (
              <dl>
                {link.attributes?.map((attribute) => (
                  <AttributeRow key={attribute.key} attribute={attribute} />
                ))}
              </dl>
            )}
          </li>
        ))}
      </ul>
      {dropped > 0 && <p className="panel-note">{countOf(dropped, 'link')} dropped by the program that sent it.</p>}
    </details>
  );
}

function LinkTarget({
  link,
  trace,
  onSelect,
}: {
  link: SpanLink;
  trace: Trace;
  onSelect: Props['onSelect'];
}): ReactElement {
  const here = link.traceId === trace.id ? trace.byId.get(link.spanId) : undefined;
  if (here) {
    return (
      <button type="button" className="link-button" onClick={() => onSelect(here)}>
        {here.name} <span className="faint">in this trace</span>
      </button>
    );
  }
  return (
    <Link
      to="/trace/$traceId"
      params={{ traceId: link.traceId }}
      search={{ span: link.spanId }}
      className="link-target"
    >
      <Icon name="external" size={14} />
      <code className="id-text">{link.traceId}</code>
      <span className="faint">span {link.spanId}</span>
    </Link>
  );
}
