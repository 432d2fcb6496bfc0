import type { DependencyNode } from '@sightline/wire';

/** 16 × 16 each: a process, a cylinder, an envelope, a globe. */
export const kindIcons: Readonly<Record<DependencyNode['kind'], string>> = {
  service: 'M2.5 3h11v4h-11zm0 6h11v4h-11zM5 5h.01M5 11h.01',
  database:
    'M13 4c0 1.4-2.2 2.25-5 2.25S3 5.4 3 4s2.2-2.25 5-2.25S13 2.6 13 4m0 0v8c0 1.4-2.2 2.25-5 2.25S3 13.4 3 12V4m10 4c0 1.4-2.2 2.25-5 2.25S3 9.4 3 8',
  messaging: 'M1.75 3.5h12.5v9H1.75zm0 .5L8 9l6.25-5',
  external:
    'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0M2 8h12M8 1.75c2.2 2 2.75 4 2.75 6.25S10.200 12.250 8 14.250C5.800 12.250 5.250 10.250 5.250 8S5.800 3.750 8 1.750',
};

export const kindNames: Readonly<Record<DependencyNode['kind'], string>> = {
  service: 'Service',
  database: 'Database',
  messaging: 'Messaging',
  external: 'Not traced',
};
