import type { Scope } from '../tracer/span.ts';
import { agentVersion } from '../version.ts';

/** The instrumentation scope of one library's spans. */
export function agentScope(library: string): Scope {
  return { name: `@sightline/agent/${library}`, version: agentVersion };
}
