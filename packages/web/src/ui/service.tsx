import type { CSSProperties, ReactElement } from 'react';
import { countText } from '../model/time-text.ts';
import { serviceColor } from '../state/service-colors.ts';

/** The custom property `--service`, for CSS to paint with. */
export function serviceStyle(name: string): CSSProperties {
  const { light, dark } = serviceColor(name);
  return { '--service': `light-dark(${light}, ${dark})` } as CSSProperties;
}

export function ServiceDot({ name }: { name: string }): ReactElement {
  return <span className="service-dot" style={serviceStyle(name)} aria-hidden="true" />;
}

/** A service's name with its colour and, where given, how many spans it has. */
export function ServiceChip({ name, spans, errors }: { name: string; spans?: number; errors?: number }): ReactElement {
  const title =
    spans === undefined
      ? name
      : `${name}: ${spans} ${spans === 1 ? 'span' : 'spans'}${errors ? `, ${errors} with an error` : ''}`;
  return (
    <span className="service-chip" style={serviceStyle(name)} title={title}>
      <span className="service-dot" aria-hidden="true" />
      <span className="service-name">{name}</span>
      {spans !== undefined && <span className="service-count">{countText(spans)}</span>}
    </span>
  );
}
