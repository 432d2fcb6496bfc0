/**
 * What the agent says about itself, on stderr, and only when `OTEL_LOG_LEVEL` asks. Written with
 * `writeSync` rather than `process.stderr`: merely touching that stream opens it, which a program
 * can notice.
 */
import { writeSync } from 'node:fs';

/** The values of `OTEL_LOG_LEVEL`; each level includes those before it. */
const levels = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;
export type LogLevel = (typeof levels)[number];

let threshold = 0;

/** @returns undefined when the text is not a level */
export function parseLogLevel(text: string): LogLevel | undefined {
  const lower = text.toLowerCase();
  return levels.find((level) => level === lower);
}

export function setLogLevel(level: LogLevel): void {
  threshold = levels.indexOf(level);
}

function logs(level: LogLevel): boolean {
  return levels.indexOf(level) <= threshold;
}

export function log(level: Exclude<LogLevel, 'none' | 'all'>, message: string): void {
  if (logs(level)) writeLine(`sightline: ${level}: ${message}`);
}

/** One line on stderr whatever the level is: for what a person has to know. */
export function writeLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A closed or full stderr is the program's affair; there is nobody left to tell.
  }
}

/** An error as one log line; with its stack where the level asks for everything. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return logs('debug') ? (error.stack ?? error.message) : error.message;
}
