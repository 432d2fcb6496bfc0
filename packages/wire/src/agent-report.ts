/**
 * What the agent in one thread of a program says about itself as that ends: one line of JSON, by `SIGHTLINE_REPORT=json`.
 * Fields may be added; docs/configuration.md describes them.
 */
export interface AgentReport {
  /** The agent's version. */
  readonly agent: string;
  /** Its version; absent in other programs than Node's. */
  readonly node?: string;
  /** Its version; absent in other programs than Python's. */
  readonly python?: string;
  readonly pid: number;
  /** Of a worker thread only. */
  readonly threadId?: number;
  readonly service: string;
  /** Absent for `node -e` and the like. */
  readonly script?: string;
  /** How Node loaded the script. */
  readonly entryFormat: 'commonjs' | 'module' | 'unknown';
  /** Where the spans went; absent with `OTEL_TRACES_EXPORTER=none`. */
  readonly endpoint?: string;
  /** From the start of the process, or the thread, to this report. */
  readonly wallMs: number;
  /** Of the whole process, by the system. */
  readonly processCpuMs: number;
  /** The agent's own: an estimate, start included. */
  readonly agentCpuMs: number;
  /** The agent's start; part of `agentCpuMs`. */
  readonly startMs: number;
  readonly libraries: readonly AgentReportLibrary[];
  /** Made by the program, or a library of it, through OpenTelemetry's API. */
  readonly manualSpans: number;
  readonly spans: AgentReportSpans;
  /** Requests to the backend. */
  readonly requests: number;
  /** Their bodies. */
  readonly bytes: number;
  /** Why the backend did not take spans the last time that it did not; empty where nothing failed. */
  readonly lastProblem: string;
  /** With `SIGHTLINE_MAX_CPU` only. */
  readonly budget?: AgentReportBudget;
  /** Parts of the agent that failed, which the program did not notice. */
  readonly failures: readonly { readonly where: string; readonly count: number; readonly off: boolean }[];
  /** Others that trace, loaded in the same process. */
  readonly conflicts: readonly string[];
  /** What to do about what is wrong, each a sentence or two. */
  readonly hints: readonly string[];
}

export interface AgentReportLibrary {
  /** As `sightline libraries` names it. */
  readonly name: string;
  /** As far as they are installed; versions of what Node brings along are Node's. */
  readonly packages: readonly AgentReportPackage[];
  /** Files of the library that got channels as they were loaded. */
  readonly files: number;
  /** Calls that reached the agent from it. */
  readonly events: number;
  readonly spans: number;
  /** By `OTEL_NODE_DISABLED_INSTRUMENTATIONS` or `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
  readonly disabled: boolean;
}

export interface AgentReportPackage {
  readonly name: string;
  readonly version: string;
  /** Whether it is a version that is traced. */
  readonly supported: boolean;
  /** Whether the program has loaded it, as far as that can be seen: CommonJS, and files that got channels. */
  readonly loaded: boolean;
}

export interface AgentReportSpans {
  /** Ended. */
  readonly made: number;
  /** Acknowledged by the backend. */
  readonly sent: number;
  /** Neither sent nor given up: lost, unless the process went on after the report. */
  readonly unsent: number;
  readonly droppedQueueFull: number;
  readonly droppedRefused: number;
  readonly droppedRejected: number;
  /** Single spans that the format has no room for, as Jaeger's datagrams. */
  readonly droppedTooLarge: number;
  /** Traces that the budget left out. */
  readonly unsampled: number;
  /** Failed and slow requests that were kept all the same, one span each. */
  readonly keptExceptional: number;
}

export interface AgentReportBudget {
  readonly maxCpuPercent: number;
  /** The highest in any second. */
  readonly peakPercent: number;
  /** At the end. */
  readonly detail: 'full' | 'reduced';
  readonly ratio: number;
}
