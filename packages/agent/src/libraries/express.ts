/**
 * Express 4 and 5 tell the server's span its route, and what was thrown. No span per middleware.
 *
 * From 5.3, express's router publishes a channel of its own. In the versions before, two places
 * get one: where a layer is built (its pattern is not kept), and where a layer handles a request.
 * In all versions `next` gets one: the errors of `render` and `sendFile` pass it, of which the router's
 * own channel tells only where the program handles them.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Injection } from '../channels/injection.ts';
import { guard } from '../guard.ts';
import { type ExpressRequest, enterMount, enterRoute, type Pattern } from './express-route.ts';
import type { Library } from './library.ts';
import { callOf } from './server-call.ts';

const layerChannel = 'sightline:express:layer';
const handleChannel = 'sightline:express:handle';
const errorChannel = 'sightline:express:error';

const spans: Library['spans'] = [
  {
    name: '`GET /users/:id` on the server span',
    when: 'a route handles the request; mounted routers, arrays and regular expressions included',
    attributes: [
      'http.route',
      'error.type',
      '`exception` event where something threw, rejected or was given to `next`',
    ],
  },
];

export const express: Library = {
  name: 'express',
  packages: ['express'],
  versions: '>=4.6.0 <6.0.0',
  source: 'injected',
  spans,
  injections: [
    ...routerInjections({
      module: 'express',
      versions: '>=4.6.0 <5.0.0',
      folder: 'lib/router/',
      layer: 'function Layer(path, options, fn) {',
      handle: ['handle_request', 'Layer.prototype.handle_request = function handle(req, res, next) {'],
    }),
    nextInjection('express', '>=4.6.0 <5.0.0', 'lib/router/index.js', 'function next(err) {'),
    ...routerInjections({
      module: 'router',
      versions: '>=2.0.0 <2.3.0',
      folder: '',
      layer: 'function Layer (path, options, fn) {',
      handle: ['handleRequest', 'Layer.prototype.handleRequest = function handleRequest (req, res, next) {'],
    }),
    nextInjection('router', '>=2.0.0 <3.0.0', 'index.js', 'function next (err) {'),
  ],
  start() {
    subscribe(layerChannel, guard('express.layer', onLayer));
    subscribe(handleChannel, guard('express.handle', onHandle));
    subscribe(errorChannel, guard('express.error', onError));
    subscribe('tracing:express.router.request:start', guard('express.start', onStart));
    subscribe('tracing:express.router.request:error', guard('express.channelError', onChannelError));
  },
};

interface RouterSource {
  readonly module: string;
  readonly versions: string;
  readonly folder: string;
  readonly layer: string;
  readonly handle: readonly [name: string, anchor: string];
}

function routerInjections({ module, versions, folder, layer, handle }: RouterSource): Injection[] {
  const layerFile = module === 'router' ? 'lib/layer.js' : `${folder}layer.js`;
  const common = { module, versions, format: 'commonjs' } as const;
  return [
    {
      ...common,
      file: layerFile,
      anchor: layer,
      function: { functionName: 'Layer', kind: 'Sync' },
      channel: layerChannel,
      // What `use` builds, unless it is for every path.
      when: 'options&&options.end===false&&path!=="/"',
      message: '{layer:this,path,options}',
    },
    {
      ...common,
      file: layerFile,
      anchor: handle[1],
      function: { expressionName: handle[0], kind: 'Sync' },
      channel: handleChannel,
      // A route, or what is mounted at a path.
      when: 'this.route!==undefined||this.path',
      message: '{layer:this,request:req}',
    },
  ];
}

function nextInjection(module: string, versions: string, file: string, anchor: string): Injection {
  return {
    module,
    versions,
    file,
    format: 'commonjs',
    anchor,
    function: { functionName: 'next', kind: 'Sync' },
    channel: errorChannel,
    when: 'err&&err!=="route"&&err!=="router"',
    message: '{error:err,request:req}',
  };
}

interface Layer {
  readonly route?: { readonly path: Pattern } | undefined;
  /** What of the URL it matched last. */
  readonly path?: string;
  match(path: string): unknown;
}

type LayerClass = new (path: Pattern, options: unknown, handle: () => void) => Layer;

interface MountedAt {
  readonly pattern: Pattern;
  readonly options: unknown;
}

const mountedAt = new WeakMap<Layer, MountedAt>();

function onLayer(message: unknown): void {
  const { layer, path, options } = message as { layer: Layer | undefined; path: Pattern; options: unknown };
  // Called without `new`, it has no layer yet and calls itself again.
  if (layer !== undefined) mountedAt.set(layer, { pattern: path, options });
}

function onHandle(message: unknown): void {
  const { layer, request } = message as { layer: Layer; request: ExpressRequest };
  if (layer.route !== undefined) {
    enterRoute(request, matching(layer, layer.route.path, { end: true }));
    return;
  }
  const mount = mountedAt.get(layer);
  if (mount !== undefined) enterMount(request, matching(layer, mount.pattern, mount.options));
}

/** Of an array of patterns, the one that matches; each is made a layer once, by express's own class. */
function matching(layer: Layer, pattern: Pattern, options: unknown): Pattern {
  if (!Array.isArray(pattern)) return pattern;
  const path = layer.path ?? '';
  return pattern.find((each: Pattern) => alternative(layer, each, options).match(path)) ?? pattern;
}

const alternatives = new WeakMap<Layer, Map<Pattern, Layer>>();

function alternative(layer: Layer, pattern: Pattern, options: unknown): Layer {
  const known = alternatives.get(layer) ?? new Map<Pattern, Layer>();
  alternatives.set(layer, known);
  const made = known.get(pattern) ?? new (layer.constructor as LayerClass)(pattern, options, () => {});
  known.set(pattern, made);
  return made;
}

function onError(message: unknown): void {
  const { error, request } = message as { error: unknown; request: ExpressRequest };
  callOf(request)?.recordError(error);
}

/** What router 2.3 publishes around each handler. */
interface HandlerMessage {
  readonly req: ExpressRequest;
  /** The one that matched, of an array too. */
  readonly route: Pattern | undefined;
  readonly layer: { readonly method?: string | undefined };
  /** Set for a callback of `router.param`, which runs before what it belongs to. */
  readonly param?: string;
  /** What a handler of errors is given. */
  readonly incomingError?: unknown;
  readonly error?: unknown;
}

function onStart(message: unknown): void {
  const { req, route, layer, param, incomingError } = message as HandlerMessage;
  if (incomingError) callOf(req)?.recordError(incomingError);
  if (route === undefined || param !== undefined) return;
  // Only the handlers inside a route have a method, of `all` an undefined one.
  if ('method' in layer) enterRoute(req, route);
  else if (route !== '/') enterMount(req, route);
}

function onChannelError(message: unknown): void {
  const { req, error } = message as HandlerMessage;
  callOf(req)?.recordError(error);
}
