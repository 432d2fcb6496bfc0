import type { DependencyNode } from '@sightline/wire';
import { type MemoExoticComponent, memo, type ReactElement } from 'react';
import type { Box } from '../../model/graph-view.ts';
import { rateText, shareText } from '../../model/rate-text.ts';
import { childKey, errorShareOf, nodeKey, parentKey, type ServiceGraph } from '../../model/service-graph.ts';
import { serviceStyle } from '../../ui/service.tsx';
import type { GraphLayout } from './layout-graph.ts';
import { kindIcons } from './node-kinds.ts';

interface Props {
  graph: ServiceGraph;
  layout: GraphLayout;
  seconds: number;
  focus: string | undefined;
  pointed: string | undefined;
  /** Those that there is room for; undefined: all, in their boxes. */
  names: ReadonlySet<string> | undefined;
  /** The map's scale, where boxes are too small for text. */
  farScale: number | undefined;
  /** With a node's key. */
  onPoint: (node: string | undefined) => void;
  onPick: (node: string) => void;
}

export const MapNodes: MemoExoticComponent<(props: Props) => ReactElement> = memo(function MapNodes(
  props: Props,
): ReactElement {
  const { graph, layout, focus, pointed, names, onPoint, onPick } = props;
  const active = pointed ?? focus;
  const near = new Set(
    graph.edges
      .map((edge) => [parentKey(edge), childKey(edge)])
      .flatMap((ends) => (ends.some((end) => end === active) ? ends : [])),
  );
  return (
    <g className="map-nodes">
      {graph.nodes.map((node) => {
        const key = nodeKey(node);
        const box = layout.boxes.get(key);
        if (!box) return null;
        const isNamed = !names || names.has(key) || key === active || (pointed !== undefined && near.has(key));
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: as above; the drawing is hidden from screen readers
          <g
            key={key}
            className="map-node"
            data-kind={node.kind}
            data-focus={key === focus || undefined}
            data-faded={(active !== undefined && key !== active && !near.has(key)) || undefined}
            style={serviceStyle(node.service)}
            transform={`translate(${box.x} ${box.y})`}
            onPointerEnter={() => onPoint(key)}
            onPointerLeave={() => onPoint(undefined)}
            onClick={() => onPick(key)}
          >
            <NodeDrawing {...props} node={node} box={box} isNamed={isNamed} />
          </g>
        );
      })}
    </g>
  );
});

function NodeDrawing({
  seconds,
  farScale,
  node,
  box,
  isNamed,
}: Props & { node: DependencyNode; box: Box; isNamed: boolean }): ReactElement {
  const errorShare = errorShareOf(node);
  const { width, height } = box;
  return (
    <>
      <title>{`${node.service}: ${rateText(node.spanCount / seconds)}, ${errorShare > 0 ? `${shareText(errorShare)} failed` : 'no errors'}`}</title>
      <rect className="map-box" width={width} height={height} rx={node.kind === 'service' ? 8 : 23} />
      {errorShare > 0 && (
        <rect
          className="map-errors"
          x={1}
          y={height - 4}
          width={Math.max(3, (width - 2) * errorShare)}
          height={3}
          rx={1.5}
        />
      )}
      {farScale === undefined ? (
        <>
          <path className="map-kind" d={kindIcons[node.kind]} transform="translate(12 15)" />
          <text className="map-name" x={36} y={20}>
            {shortened(node.service, 19)}
          </text>
          <text className="map-figures" x={36} y={36}>
            {rateText(node.spanCount / seconds)}
            {errorShare > 0 && <tspan className="map-failed"> · {shareText(errorShare)} errors</tspan>}
          </text>
        </>
      ) : (
        isNamed && (
          <text
            className="map-name far"
            x={width / 2}
            y={height / 2}
            style={{ fontSize: 11.5 / farScale, strokeWidth: 3 / farScale }}
            textAnchor="middle"
            dominantBaseline="central"
          >
            {node.service}
          </text>
        )
      )}
    </>
  );
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
