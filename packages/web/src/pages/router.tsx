import {
  type AnyRouter,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { readMapState, readServicesState } from '../model/page-params.ts';
import { parseQuery, readSearchState, stringifyQuery } from '../model/search-params.ts';
import { NotFoundPage } from './not-found-page.tsx';
import { SearchPage } from './search/search-page.tsx';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: readSearchState,
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/search', search, replace: true });
  },
});

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  validateSearch: readSearchState,
  component: SearchPage,
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/trace/$traceId',
  validateSearch: (raw: Record<string, unknown>): { span?: string } =>
    typeof raw.span === 'string' && raw.span ? { span: raw.span } : {},
  component: lazyRouteComponent(() => import('./trace/trace-page.tsx'), 'TracePage'),
});

const servicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/services',
  validateSearch: readServicesState,
  component: lazyRouteComponent(() => import('./services/services-page.tsx'), 'ServicesPage'),
});

const serviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/services/$service',
  validateSearch: readServicesState,
  component: lazyRouteComponent(() => import('./services/service-page.tsx'), 'ServicePage'),
});

const mapRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/map',
  validateSearch: readMapState,
  component: lazyRouteComponent(() => import('./map/map-page.tsx'), 'MapPage'),
});

export const router: AnyRouter = createRouter({
  routeTree: rootRoute.addChildren([indexRoute, searchRoute, traceRoute, servicesRoute, serviceRoute, mapRoute]),
  parseSearch: parseQuery,
  stringifySearch: stringifyQuery,
  defaultPreload: 'intent',
  scrollRestoration: true,
});
