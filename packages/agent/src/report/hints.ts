/** What to do about what a report shows to be wrong: for a person who does not know the agent. */
import type { AgentReport } from '@sightline/wire';

/** Packages that trace by themselves, and get in each other's way. */
const otherTracers = [
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
  'applicationinsights',
  'appdynamics',
  '@sentry/node',
  '@opentelemetry/sdk-trace-base',
];

export function findConflicts(loaded: ReadonlyMap<string, unknown>): string[] {
  return otherTracers.filter((name) => loaded.has(name));
}

export function findHints(report: Omit<AgentReport, 'hints'>, problems: readonly string[]): string[] {
  return [
    ...problems,
    ...backendHints(report),
    ...usageHints(report),
    ...versionHints(report),
    ...budgetHints(report),
    ...failureHints(report),
    ...conflictHints(report),
  ];
}

function backendHints({ spans, lastProblem, endpoint }: Omit<AgentReport, 'hints'>): string[] {
  const hints: string[] = [];
  const reason = lastProblem === '' ? '' : ` (${lastProblem})`;
  if (spans.unsent > 0 && spans.sent === 0) {
    hints.push(`The backend at ${endpoint} took nothing${reason}. Is it up? "sightline up" starts one.`);
  } else if (spans.unsent > 0) hints.push(`Spans of the end of the program did not arrive${reason}.`);
  if (spans.droppedQueueFull > 0) {
    hints.push(`Spans were dropped while the backend was away${reason}: more had to wait than are kept.`);
  }
  if (spans.droppedRefused > 0) hints.push(`The backend refused spans${reason}: look at the endpoint and the headers.`);
  if (spans.droppedTooLarge > 0) {
    hints.push('Spans were dropped that are larger than a datagram: OTEL_TRACES_EXPORTER=otlp has no such limit.');
  }
  if (spans.droppedRejected > 0) hints.push(`The backend rejected single spans${reason}.`);
  return hints;
}

function usageHints({ spans, libraries }: Omit<AgentReport, 'hints'>): string[] {
  if (spans.made > 0 || spans.unsampled > 0) return [];
  if (libraries.some(({ events, files }) => events > 0 || files > 0)) {
    return ['No span was made: no request came in, or OTEL_TRACES_SAMPLER wants none.'];
  }
  return [
    'The program used no library that is traced ("sightline libraries" lists them). One that is bundled into a single file hides its libraries.',
  ];
}

function versionHints({ libraries }: Omit<AgentReport, 'hints'>): string[] {
  const loaded = libraries.flatMap(({ packages }) => packages.filter((each) => each.loaded && !each.supported));
  return loaded.map(({ name, version }) => `${name} ${version} is not a version that is traced.`);
}

function budgetHints({ budget, spans }: Omit<AgentReport, 'hints'>): string[] {
  if (budget === undefined || (budget.detail === 'full' && spans.unsampled + spans.keptExceptional === 0)) return [];
  return [`The budget of ${budget.maxCpuPercent} % of a core held the agent back; SIGHTLINE_MAX_CPU sets it.`];
}

function failureHints({ failures }: Omit<AgentReport, 'hints'>): string[] {
  return failures.map(
    ({ where, count, off }) =>
      `${where} failed ${count} times${off ? ' and was switched off' : ''}: please report it; OTEL_LOG_LEVEL=debug says how.`,
  );
}

function conflictHints({ conflicts }: Omit<AgentReport, 'hints'>): string[] {
  return conflicts.map((name) =>
    name.startsWith('@opentelemetry/')
      ? 'An OpenTelemetry SDK is loaded beside the agent: what goes through the global API goes to Sightline, and requests may be traced twice.'
      : `${name} is loaded as well: two tracers in one process cost twice, and may disturb each other.`,
  );
}
