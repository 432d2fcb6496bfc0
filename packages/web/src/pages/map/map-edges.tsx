import type { DependencyEdge } from '@sightline/wire';
import { type MemoExoticComponent, memo, type ReactElement } from 'react';
import { rateText } from '../../model/rate-text.ts';
import { childKey, edgeWidth, parentKey, type ServiceGraph } from '../../model/service-graph.ts';
import { edgeKey, type GraphLayout } from './layout-graph.ts';

interface Props {
  graph: ServiceGraph;
  layout: GraphLayout;
  seconds: number;
  /** The node, by its key, whose edges stand out; the others step back. */
  active: string | undefined;
  labelled: boolean;
}

export const MapEdges: MemoExoticComponent<(props: Props) => ReactElement> = memo(function MapEdges({
  graph,
  layout,
  seconds,
  active,
  labelled,
}: Props): ReactElement {
  const most = graph.edges.reduce((max, { callCount }) => Math.max(max, callCount), 1);
  const touches = (edge: DependencyEdge) => parentKey(edge) === active || childKey(edge) === active;
  return (
    <g className="map-edges" data-active={active !== undefined || undefined}>
      {graph.edges.map((edge) => {
        const key = edgeKey(edge);
        const path = layout.paths.get(key);
        const rate = labelled ? layout.rates.get(key) : undefined;
        if (!path) return null;
        const width = edgeWidth(edge.callCount, most);
        return (
          <g key={key} className="map-edge" data-tone={toneOf(edge)} data-active={touches(edge) || undefined}>
            <path className="map-line" d={path} strokeWidth={width} />
            <Arrow path={path} size={5 + width} />
            {rate && (
              <text className="map-rate" x={rate.x} y={rate.y} textAnchor="middle" dominantBaseline="central">
                {rateText(edge.callCount / seconds)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
});

/** One in a hundred is where an error rate is worth a colour. */
function toneOf({ callCount, errorCount }: DependencyEdge): 'error' | 'warning' | undefined {
  const share = errorCount / Math.max(callCount, 1);
  if (share >= 0.05) return 'error';
  return share >= 0.01 ? 'warning' : undefined;
}

function Arrow({ path, size }: { path: string; size: number }): ReactElement | null {
  const points = pointsOf(path);
  const [before, end] = [points.at(-2), points.at(-1)];
  if (!before || !end) return null;
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  const side = (turn: number) =>
    `${(end.x - size * Math.cos(angle + turn)).toFixed(1)},${(end.y - size * Math.sin(angle + turn)).toFixed(1)}`;
  return <path className="map-arrow" d={`M${end.x},${end.y}L${side(0.45)} ${side(-0.45)}Z`} />;
}

function pointsOf(path: string): { x: number; y: number }[] {
  return [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}
