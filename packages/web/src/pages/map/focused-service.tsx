import type { DependencyEdge, DependencyNode } from '@sightline/wire';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { rateText, shareText } from '../../model/rate-text.ts';
import { childKey, errorShareOf, nodeKey, parentKey } from '../../model/service-graph.ts';
import { rangeOf } from '../../model/time-range.ts';
import { nanoText } from '../../model/time-text.ts';
import { quoted } from '../../model/traceql-values.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { ServiceDot } from '../../ui/service.tsx';
import type { SideProps } from './map-side.tsx';
import { kindNames } from './node-kinds.ts';

type Props = SideProps & { node: DependencyNode };

export function FocusedService({ answer, node, state, seconds, onFocus, onChange }: Props): ReactElement {
  const { service, kind } = node;
  const range = rangeOf(state) as Record<string, unknown>;
  const errorShare = errorShareOf(node);
  const key = nodeKey(node);
  const { hops, ...oneHop } = state;
  const shared = { range, seconds, onFocus };
  return (
    <section className="map-side" aria-label={service}>
      <div className="map-side-head">
        <ServiceDot name={service} />
        <h2>{service}</h2>
        <IconButton icon="close" label="The whole map" onClick={() => onFocus(undefined)} />
      </div>
      <p className="faint">
        {kindNames[kind]} · {rateText(node.spanCount / seconds)}
        {errorShare > 0 && <span className="error-text"> · {shareText(errorShare)} errors</span>}
      </p>
      {kind === 'service' && (
        <div className="map-side-actions">
          <Link to="/search" search={{ ...range, service }} className="button">
            Traces
          </Link>
          <Link to="/services/$service" params={{ service }} search={range} className="button">
            Numbers
          </Link>
        </div>
      )}
      <Segmented
        label="Neighbours"
        value={hops === 2 ? '2' : '1'}
        onChange={(next) => onChange(next === '2' ? { ...oneHop, hops: 2 } : oneHop)}
        options={[
          { value: '1', label: 'Neighbours' },
          { value: '2', label: 'Two calls away' },
        ]}
      />
      <Calls
        title="Called by"
        edges={answer.edges.filter((edge) => childKey(edge) === key)}
        other="parent"
        {...shared}
      />
      <Calls title="Calls" edges={answer.edges.filter((edge) => parentKey(edge) === key)} other="child" {...shared} />
    </section>
  );
}

interface CallsProps extends Pick<Props, 'seconds' | 'onFocus'> {
  title: string;
  edges: readonly DependencyEdge[];
  other: 'parent' | 'child';
  range: Record<string, unknown>;
}

function Calls({ title, edges, other, range, seconds, onFocus }: CallsProps): ReactElement | null {
  if (edges.length === 0) return null;
  const keyOf = other === 'parent' ? parentKey : childKey;
  return (
    <>
      <h3>{title}</h3>
      <ul className="map-list">
        {[...edges]
          .sort((a, b) => b.callCount - a.callCount)
          .map((edge) => (
            <li key={keyOf(edge)} className="map-call">
              <button type="button" className="map-item" onClick={() => onFocus(keyOf(edge))}>
                <ServiceDot name={edge[other]} />
                <span className="map-item-name">{edge[other]}</span>
                <span className="faint">{rateText(edge.callCount / seconds)}</span>
              </button>
              <p className="map-call-figures">
                {edge.errorCount > 0 && (
                  <span className="error-text">{shareText(edge.errorCount / edge.callCount)} errors</span>
                )}
                <span>p50 {nanoText(edge.p50Nano)}</span>
                <span>p95 {nanoText(edge.p95Nano)}</span>
                {edge.childKind === 'service' && (
                  <Link
                    to="/search"
                    search={{ ...range, q: callQuery(edge) }}
                    aria-label={`Traces in which ${edge.parent} calls ${edge.child}`}
                  >
                    Traces
                  </Link>
                )}
              </p>
            </li>
          ))}
      </ul>
    </>
  );
}

/** A call: a span of the one service, with the other's right below it. */
function callQuery({ parent, child }: DependencyEdge): string {
  return `{ resource.service.name = ${quoted(parent)} } > { resource.service.name = ${quoted(child)} }`;
}
