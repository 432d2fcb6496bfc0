import '../../styles/map.css';
import '../../styles/services.css';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useMemo } from 'react';
import { dependenciesQuery } from '../../api/service-queries.ts';
import { chooseGraph, nodeKey, type ServiceGraph } from '../../model/service-graph.ts';
import { rangeSeconds } from '../../model/time-range.ts';
import { countOf } from '../../model/time-text.ts';
import { useMapState } from '../../state/location.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { TimeRangePicker } from '../../ui/time-range-picker.tsx';
import { edgeKey, layoutGraph } from './layout-graph.ts';
import { MapFailed, MapSkeleton, NothingOnMap } from './map-notices.tsx';
import { MapSide } from './map-side.tsx';
import { ServiceMap } from './service-map.tsx';

const refreshMs = 30_000;

export function MapPage(): ReactElement {
  const [state, change] = useMapState();
  const answer = useQuery({ ...dependenciesQuery(state), refetchInterval: refreshMs });
  const { focus, hops, all } = state;
  const graph = useMemo(
    () => answer.data && chooseGraph(answer.data, { focus, hops, all }),
    [answer.data, focus, hops, all],
  );
  const layout = useLayout(graph);
  useEffect(() => {
    document.title = focus ? `${focus} on the map · Sightline` : 'Map · Sightline';
  }, [focus]);
  rememberServices(answer.data?.nodes.map(({ service }) => service) ?? []);
  const seconds = rangeSeconds(state, answer.dataUpdatedAt || Date.now());
  const known = answer.data?.nodes.some((node) => nodeKey(node) === focus) ? focus : undefined;
  const { focus: _focus, hops: _hops, ...unfocused } = state;
  const setFocus = (node: string | undefined) => change(node ? { ...unfocused, focus: node } : unfocused);

  return (
    <main className="page map-page">
      <div className="page-head">
        <h1>
          Map <span className="faint">{graph && countOf(answer.data?.nodes.length ?? 0, 'node')}</span>
        </h1>
        {graph && graph.hidden > 0 && (
          <button type="button" className="button" onClick={() => change({ ...state, all: true })}>
            Show {graph.hidden} quieter ones, too
          </button>
        )}
        {all && !known && (
          <button type="button" className="button" onClick={() => change(withoutAll(state))}>
            Only the busiest
          </button>
        )}
        <TimeRangePicker state={state} onChange={change} />
      </div>
      {answer.isError && !answer.data && <MapFailed error={answer.error} onRetry={() => void answer.refetch()} />}
      {layout.isError && <MapFailed error={layout.error} onRetry={() => void layout.refetch()} />}
      {answer.data?.nodes.length === 0 && <NothingOnMap />}
      {answer.data && answer.data.nodes.length > 0 && graph && (
        <div className="map-body card">
          {layout.data ? (
            <ServiceMap graph={graph} layout={layout.data} seconds={seconds} focus={known} onFocus={setFocus} />
          ) : (
            <MapSkeleton />
          )}
          <MapSide
            answer={answer.data}
            state={state}
            focus={known}
            seconds={seconds}
            onFocus={setFocus}
            onChange={change}
          />
        </div>
      )}
      {answer.isPending && <MapSkeleton />}
    </main>
  );
}

/** Counts that change move nothing: only new services or edges are laid out anew. */
function useLayout(
  graph: ServiceGraph | undefined,
): ReturnType<typeof useQuery<Awaited<ReturnType<typeof layoutGraph>>>> {
  const shape = graph && [graph.nodes.map(nodeKey), graph.edges.map(edgeKey)];
  return useQuery({
    queryKey: ['graph-layout', shape],
    queryFn: () => layoutGraph(graph as ServiceGraph),
    enabled: graph !== undefined && graph.nodes.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    retry: false,
  });
}

function withoutAll<State extends { all?: true }>({ all: _all, ...rest }: State): Omit<State, 'all'> {
  return rest;
}
