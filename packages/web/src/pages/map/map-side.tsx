import '../../styles/map-side.css';
import type { DependenciesResponse } from '@sightline/wire';
import { type ReactElement, useState } from 'react';
import type { MapState } from '../../model/page-params.ts';
import { rateText, shareText } from '../../model/rate-text.ts';
import { errorShareOf, nodeKey } from '../../model/service-graph.ts';
import { FilterBox } from '../../ui/filter-box.tsx';
import { ServiceDot } from '../../ui/service.tsx';
import { FocusedService } from './focused-service.tsx';

export interface SideProps {
  answer: DependenciesResponse;
  state: MapState;
  /** A node's key. */
  focus: string | undefined;
  seconds: number;
  onFocus: (node: string | undefined) => void;
  onChange: (next: MapState) => void;
}

/** The map as a list: every service by traffic; or one of them, with who calls it and whom it calls. */
export function MapSide(props: SideProps): ReactElement {
  const { answer, focus, seconds, onFocus } = props;
  const [wanted, setWanted] = useState('');
  const node = answer.nodes.find((candidate) => nodeKey(candidate) === focus);
  if (node) return <FocusedService {...props} node={node} />;
  const needle = wanted.trim().toLowerCase();
  const listed = answer.nodes
    .filter(({ service }) => service.toLowerCase().includes(needle))
    .sort((a, b) => b.spanCount - a.spanCount);
  return (
    <section className="map-side" aria-label="Services on the map">
      <FilterBox label="Find a service" value={wanted} onChange={setWanted} />
      <ul className="map-list">
        {listed.map((item) => (
          <li key={nodeKey(item)}>
            <button type="button" className="map-item" onClick={() => onFocus(nodeKey(item))}>
              <ServiceDot name={item.service} />
              <span className="map-item-name">{item.service}</span>
              {item.errorCount > 0 && <span className="error-text">{shareText(errorShareOf(item))}</span>}
              <span className="faint">{rateText(item.spanCount / seconds)}</span>
            </button>
          </li>
        ))}
      </ul>
      {listed.length === 0 && <p className="faint">Nothing of that name.</p>}
    </section>
  );
}
