import type { ReactElement } from 'react';

const paths = {
  alert: 'M8 4.75v3.75m0 2.5v.01M5.6 1.75h4.8l3.85 3.85v4.8l-3.85 3.85H5.6L1.75 10.4V5.6z',
  arrowDown: 'M8 3v10m0 0 4-4m-4 4L4 9',
  arrowRight: 'M3 8h10m0 0L9 4m4 4-4 4',
  arrowUp: 'M8 13V3m0 0L4 7m4-4 4 4',
  check: 'm3 8.5 3.25 3.25L13 4.75',
  chevronDown: 'm4 6 4 4 4-4',
  chevronLeft: 'm10 4-4 4 4 4',
  chevronRight: 'm6 4 4 4-4 4',
  clock: 'M8 4.5V8l2.25 1.5M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z',
  download: 'M8 2v8m0 0 3-3m-3 3L5 7M2.75 13.25h10.5',
  external: 'M6.5 3.5h-3v9h9v-3m-3-7h4v4m0-4-6 6',
  filter: 'M2 4h12M4.5 8h7M7 12h2',
  foldAll: 'M8 1.5v4m0 0 2-2m-2 2-2-2M8 14.5v-4m0 0 2 2m-2-2-2 2M2.5 8h11',
  unfoldAll: 'M8 5.5v-4m0 0 2 2m-2-2-2 2M8 10.5v4m0 0 2-2m-2 2-2-2M2.5 8h11',
  keyboard: 'M1.75 4.25h12.5v7.5H1.75zm2.5 2.5h.01m2.49 0h.01m2.49 0h.01m2.49 0h.01M5.5 9.25h5',
  link: 'M6.75 9.25a2.75 2.75 0 0 0 3.9 0l2.2-2.2a2.75 2.75 0 0 0-3.9-3.9l-.7.7m1-1.1m-2 4a2.75 2.75 0 0 0-3.9 0l-2.2 2.2a2.75 2.75 0 0 0 3.9 3.9l.7-.7',
  minus: 'M3.5 8h9',
  monitor: 'M2 3h12v8H2zm4 10.5h4M8 11v2.5',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a5.75 5.75 0 1 0 7 7',
  plus: 'M8 3.5v9M3.5 8h9',
  refresh: 'M13.5 6.5A5.75 5.75 0 0 0 3 5.5m-.5 4A5.75 5.75 0 0 0 13 10.5m.5-7.5v3.5H10m-7.5 6.5V9.5H6',
  search: 'm10.5 10.5 3.25 3.25M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0',
  sun: 'M8 1.5v1.25m0 10.5v1.25M1.5 8h1.25m10.5 0h1.25M3.4 3.4l.9.9m7.4 7.4.9.9m0-9.2-.9.9m-7.4 7.4-.9.9M10.75 8a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0',
  target: 'M8 1.5v2.5m0 8v2.5M1.5 8H4m8 0h2.5M12 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0',
  warning: 'M8 6v3m0 2.25v.01M8 2l6.5 11.5h-13z',
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: the control or text beside it carries the name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
