/**
 * Who may import whom, as data: each rule with its reason. `boundaries.test.ts` holds the code to it,
 * directly and through everything that a file reaches.
 */
export interface Layer {
  /** A folder or a file. The longest match of a path is its layer. */
  readonly path: string;
  /** Folders and files that it may import from, besides itself. */
  readonly mayImport: readonly string[];
  /** May it import `node:` modules? */
  readonly node: boolean;
  /** npm packages that it may import; `*` for any that its package.json declares. */
  readonly packages: readonly string[];
  readonly because: string;
}

const wire = 'packages/wire/src';
const agent = 'packages/agent/src';
const server = 'packages/server/src';

export const layers: readonly Layer[] = [
  {
    path: wire,
    mayImport: [],
    node: false,
    packages: [],
    because: 'it runs in browsers and in every process of ours, so it stands on nothing',
  },
  {
    path: agent,
    mayImport: [wire, agent],
    node: true,
    packages: ['@opentelemetry/api'],
    because: "it lives in the user's process: what it imports is bundled, or types only, and nothing else comes along",
  },
  {
    path: `${agent}/tracer`,
    mayImport: [wire, `${agent}/guard.ts`, `${agent}/builtin.ts`],
    node: true,
    packages: ['@opentelemetry/api'],
    because: 'the tracer knows neither the libraries that make spans nor the exporter that takes them',
  },
  {
    path: `${agent}/channels`,
    mayImport: [`${agent}/guard.ts`, `${agent}/log.ts`, `${agent}/builtin.ts`],
    node: true,
    packages: ['@apm-js-collab/code-transformer', 'semifies'],
    because: 'channels are brought into sources without knowing what they are for; parser and matcher are bundled',
  },
  {
    path: `${agent}/libraries`,
    mayImport: [
      wire,
      `${agent}/tracer`,
      `${agent}/channels`,
      `${agent}/guard.ts`,
      `${agent}/log.ts`,
      `${agent}/builtin.ts`,
      `${agent}/version.ts`,
    ],
    node: true,
    packages: [],
    because: 'a library is a declaration and a mapping: from its channels to spans, wherever those go',
  },
  {
    path: `${agent}/export`,
    mayImport: [
      wire,
      `${agent}/tracer`,
      `${agent}/builtin.ts`,
      `${agent}/counters.ts`,
      `${agent}/guard.ts`,
      `${agent}/own-time.ts`,
      `${agent}/config.ts`,
      `${agent}/config-endpoint.ts`,
      `${agent}/resource.ts`,
      `${agent}/log.ts`,
    ],
    node: true,
    packages: [],
    because: 'the exporter knows spans, not where they come from',
  },
  {
    path: `${agent}/formats`,
    mayImport: [wire, `${agent}/export`, `${agent}/builtin.ts`, `${agent}/thread.ts`, `${agent}/guard.ts`],
    node: true,
    packages: [],
    because: 'a format knows what leaves and how; it is a bundle of its own, so what has a state is handed to it',
  },
  {
    path: `${server}/translate`,
    mayImport: [wire],
    node: false,
    packages: [],
    because: 'a translator is a function of bytes: it runs in any thread, and in `sightline import`',
  },
  {
    path: `${server}/receive`,
    mayImport: [
      wire,
      `${server}/translate`,
      `${server}/spool`,
      `${server}/http`,
      `${server}/grpc`,
      `${server}/metrics.ts`,
    ],
    node: true,
    packages: ['*'],
    because: 'what is received goes to the spool and is acknowledged there: no receiver waits for the store',
  },
  {
    path: `${server}/wasm-file.ts`,
    mayImport: [],
    node: true,
    packages: [],
    because: 'what loads WebAssembly knows nothing of what it does',
  },
  {
    path: `${server}/encode`,
    mayImport: [wire, `${server}/wasm-file.ts`],
    node: true,
    packages: [],
    because: "spans become ClickHouse's bytes in a thread that knows neither the spool nor the store",
  },
  {
    path: `${server}/decode`,
    mayImport: [wire],
    node: true,
    packages: [],
    because: "ClickHouse's bytes become values by functions of bytes, which know no table of ours",
  },
  {
    path: `${server}/spool`,
    mayImport: [wire, `${server}/metrics.ts`],
    node: true,
    packages: [],
    because: 'a journal knows bytes, not what they mean',
  },
  {
    path: `${server}/store`,
    mayImport: [wire, `${server}/decode`, `${server}/encode`, `${server}/spool`, `${server}/metrics.ts`],
    node: true,
    packages: ['*'],
    because: 'only here is it known that the store is ClickHouse; the writer empties the spool into it',
  },
  {
    path: `${server}/query`,
    mayImport: [wire, `${server}/store`, `${server}/wasm-file.ts`],
    node: true,
    packages: ['re2js'],
    because: 'questions are asked of the store, whatever the API that they came through',
  },
  {
    path: `${server}/explain`,
    mayImport: [wire, `${server}/query`, `${server}/store`],
    node: false,
    packages: [],
    because: 'explanations are computed from traces and know nothing of HTTP',
  },
  {
    path: `${server}/api`,
    mayImport: [
      wire,
      `${server}/query`,
      `${server}/explain`,
      `${server}/store/store.ts`,
      `${server}/http`,
      `${server}/grpc`,
      `${server}/translate`,
    ],
    node: true,
    packages: ['*'],
    because: 'one thin file per API over the same query functions',
  },
  {
    path: `${server}/threads`,
    mayImport: [
      wire,
      `${server}/receive`,
      `${server}/spool`,
      `${server}/encode`,
      `${server}/store/writer.ts`,
      `${server}/metrics.ts`,
    ],
    node: true,
    packages: ['pino'],
    because: 'a thread puts together what runs in it; main.ts holds the other ends',
  },
  {
    path: `${server}/http`,
    mayImport: [wire],
    node: true,
    packages: ['*'],
    because: 'the rules that every listener of ours keeps, whoever listens',
  },
  {
    path: `${server}/grpc`,
    mayImport: [wire, `${server}/http`, `${server}/metrics.ts`],
    node: true,
    packages: ['pino'],
    because: 'the same rules for gRPC, which receivers and queries are reached by',
  },
  {
    path: `${server}/metrics.ts`,
    mayImport: [],
    node: true,
    packages: ['*'],
    because: 'everything counts, so what counts stands below everything',
  },
  {
    path: server,
    mayImport: [wire, server],
    node: true,
    packages: ['*'],
    because: 'main.ts is the only composition root',
  },
  {
    path: 'packages/web/src',
    mayImport: [wire, 'packages/web/src/model'],
    node: false,
    packages: ['*'],
    because: 'the UI has no private door: what it shows comes from the documented HTTP API',
  },
  {
    path: 'packages/web/src/model',
    mayImport: [wire],
    node: false,
    packages: [],
    because: 'trace logic is pure: tested without React or a browser',
  },
  {
    path: 'packages/cli/src',
    mayImport: [wire],
    node: true,
    packages: ['commander'],
    because:
      'it starts the agent by path, and the server by dynamic import, so that `run` loads neither; `import` loads the translators in the same way, since files are read where they are',
  },
  {
    path: 'e2e/src',
    mayImport: [wire, 'scripts', `${agent}/tracer/w3c-cases.ts`],
    node: true,
    packages: ['*'],
    because: 'it sees built artefacts only, over processes and HTTP',
  },
];
