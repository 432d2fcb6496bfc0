/**
 * pg and its pool. Neither publishes channels of its own. `pg.native`, the driver over libpq, is another client.
 * What becomes of the messages: pg-query.ts, pg-submittable.ts, pg-connect.ts, pg-pool.ts.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Injection } from '../channels/injection.ts';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { onConnect } from './pg-connect.ts';
import { onAcquire, onCheckout, onNewClient, onPending } from './pg-pool.ts';
import { onQueryError, onQueue } from './pg-query.ts';
import { onSubmittable } from './pg-submittable.ts';

const queueChannel = 'sightline:pg:queue';
const submittableChannel = 'sightline:pg:submittable';
const errorChannel = 'sightline:pg:error';
const connectChannel = 'sightline:pg:connect';
const checkoutChannel = 'sightline:pg-pool:checkout';
const pendingChannel = 'sightline:pg-pool:pending';
const newClientChannel = 'sightline:pg-pool:new-client';
const acquireChannel = 'sightline:pg-pool:acquire';

const spans: Library['spans'] = [
  {
    name: '`SELECT users`',
    kind: 3,
    when: 'a query is made, by a client or a pool, until its result is there; cursors and streams until they are closed',
    attributes: [
      'db.system.name',
      'db.namespace',
      'db.query.text',
      'db.query.summary',
      'db.operation.name',
      'db.collection.name',
      'db.response.returned_rows',
      'db.response.status_code',
      'server.address',
      'server.port',
      'error.type',
    ],
  },
  {
    name: '`pg.connect`',
    kind: 3,
    when: 'a client connects, until the server is ready for queries',
    attributes: ['db.namespace', 'server.address', 'server.port', 'db.response.status_code', 'error.type'],
  },
  {
    name: '`pg-pool.connect`',
    kind: 1,
    when: 'a pool has no idle connection, until there is one: it was opened, or somebody gave it back',
    attributes: [
      'db.client.connection.pool.name',
      'db.client.connection.max',
      'db.client.connection.count',
      'db.client.connection.idle',
      'db.client.connection.pending_requests',
      'error.type',
    ],
  },
];

/** A function of a file, as classes have it from pg 8.3 on, or as a property of the prototype. */
function clientInjections(
  versions: string,
  anchorOf: (method: string, parameters: string) => string,
  functionOf: (method: string) => Injection['function'],
): Injection[] {
  const common = { module: 'pg', versions, file: 'lib/client.js', format: 'commonjs' } as const;
  return [
    {
      ...common,
      anchor: anchorOf('_pulseQueryQueue', ''),
      function: functionOf('_pulseQueryQueue'),
      channel: queueChannel,
      // Reading `queryQueue` warns in the versions that have the other one.
      when: '(this._queryQueue||this.queryQueue).length>0',
      message: '{client:this,queue:this._queryQueue||this.queryQueue}',
    },
    {
      ...common,
      anchor: anchorOf('query', 'config, values, callback'),
      function: functionOf('query'),
      channel: submittableChannel,
      when: 'config!=null&&typeof config.submit==="function"',
      message: '{client:this,query:config}',
    },
    {
      ...common,
      anchor: anchorOf('_connect', 'callback'),
      function: functionOf('_connect'),
      channel: connectChannel,
      message: '{client:this}',
    },
  ];
}

function poolInjection(
  method: string,
  parameters: string,
  rest: Pick<Injection, 'channel' | 'message' | 'when'>,
): Injection {
  return {
    module: 'pg-pool',
    versions: '>=3.1.0 <4.0.0',
    file: 'index.js',
    format: 'commonjs',
    anchor: `  ${method}(${parameters}) {`,
    function: { className: 'Pool', methodName: method, kind: 'Sync' },
    ...rest,
  };
}

export const pg: Library = {
  name: 'pg',
  packages: ['pg', 'pg-pool'],
  versions: '>=8.0.3 <9.0.0',
  source: 'injected',
  spans,
  injections: [
    ...clientInjections(
      '>=8.3.0 <9.0.0',
      (method, parameters) => `  ${method}(${parameters}) {`,
      (methodName) => ({ className: 'Client', methodName, kind: 'Sync' }),
    ),
    ...clientInjections(
      '>=8.0.3 <8.3.0',
      (method, parameters) => `Client.prototype.${method} = function (${parameters}) {`,
      (expressionName) => ({ expressionName, kind: 'Sync' }),
    ),
    {
      module: 'pg',
      versions: '>=8.0.3 <9.0.0',
      file: 'lib/query.js',
      format: 'commonjs',
      anchor: '  handleError(err, connection) {',
      function: { className: 'Query', methodName: 'handleError', kind: 'Sync' },
      channel: errorChannel,
      message: '{query:this,error:err,connection}',
    },
    poolInjection('connect', 'cb', {
      channel: checkoutChannel,
      // Otherwise one that lies idle is handed over in the next tick.
      when: '!this.ending&&this._idle.length<=this._pendingQueue.length',
      message: '{pool:this}',
    }),
    {
      ...poolInjection('constructor', 'callback', { channel: pendingChannel, message: '{pending:this}' }),
      function: { className: 'PendingItem' },
    },
    poolInjection('newClient', 'pendingItem', {
      channel: newClientChannel,
      message: '{pool:this,pending:pendingItem}',
    }),
    poolInjection('_acquireClient', 'client, pendingItem, idleListener, isNew', {
      channel: acquireChannel,
      message: '{pending:pendingItem}',
    }),
  ],
  start() {
    subscribe(queueChannel, guard('pg.query', onQueue));
    subscribe(submittableChannel, guard('pg.submittable', onSubmittable));
    subscribe(errorChannel, guard('pg.error', onQueryError));
    subscribe(connectChannel, guard('pg.connect', onConnect));
    subscribe(checkoutChannel, guard('pg.pool.checkout', onCheckout));
    subscribe(pendingChannel, guard('pg.pool.pending', onPending));
    subscribe(newClientChannel, guard('pg.pool.newClient', onNewClient));
    subscribe(acquireChannel, guard('pg.pool.acquire', onAcquire));
  },
};
