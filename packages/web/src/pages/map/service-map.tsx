import { type ReactElement, useMemo, useRef, useState } from 'react';
import { labelsThatFit, textScale } from '../../model/graph-view.ts';
import { nodeKey, type ServiceGraph } from '../../model/service-graph.ts';
import { countOf } from '../../model/time-text.ts';
import { useSize } from '../../state/size.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import type { GraphLayout } from './layout-graph.ts';
import { MapEdges } from './map-edges.tsx';
import { MapNodes } from './map-nodes.tsx';
import { useGraphView } from './use-graph-view.ts';

interface Props {
  graph: ServiceGraph;
  layout: GraphLayout;
  seconds: number;
  focus: string | undefined;
  onFocus: (service: string) => void;
}

export function ServiceMap({ graph, layout, seconds, focus, onFocus }: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place);
  const { view, zoom, fit, wasDragged, handlers } = useGraphView(place, layout, size);
  const [pointed, setPointed] = useState<string>();
  // In steps, so that names do not come and go with every turn of the wheel.
  const step = Math.round(Math.log2(view.scale) * 4) / 4;
  const isFar = view.scale < textScale;
  const names = useMemo(() => namesAt(graph, layout, isFar ? 2 ** step : undefined), [graph, layout, isFar, step]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset holds fields
    <div
      className="map-place"
      ref={place}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the map
      tabIndex={0}
      role="group"
      aria-label={`Map of ${countOf(graph.nodes.length, 'service')}. Arrows move it, + and − zoom, 0 shows all. The list has the same services.`}
      {...handlers}
    >
      <svg className="map" data-far={isFar || undefined} width={size.width} height={size.height} aria-hidden="true">
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          <MapEdges graph={graph} layout={layout} seconds={seconds} active={pointed ?? focus} labelled={!isFar} />
          <MapNodes
            graph={graph}
            layout={layout}
            seconds={seconds}
            focus={focus}
            pointed={pointed}
            names={names}
            farScale={isFar ? view.scale : undefined}
            onPoint={setPointed}
            onPick={(service) => wasDragged() || onFocus(service)}
          />
        </g>
      </svg>
      <div className="map-tools">
        <IconButton icon="plus" label="Zoom in" keys="+" onClick={() => zoom(1.25)} />
        <IconButton icon="minus" label="Zoom out" keys="−" onClick={() => zoom(0.8)} />
        <IconButton icon="target" label="Show all of it" keys="0" onClick={fit} />
      </div>
    </div>
  );
}

/** The keys of nodes whose names there is room for, the busiest first; undefined: every name has its box. */
function namesAt(graph: ServiceGraph, layout: GraphLayout, scale: number | undefined): ReadonlySet<string> | undefined {
  if (scale === undefined) return undefined;
  const ordered = [...graph.nodes].sort((a, b) => b.spanCount - a.spanCount);
  const labels = ordered.flatMap((node) => {
    const key = nodeKey(node);
    const box = layout.boxes.get(key);
    return box ? [{ ...box, key, name: node.service }] : [];
  });
  return labelsThatFit(labels, scale);
}
