/** What `sightline` exits with, but for `run`, which exits as its command does. Printed in `sightline up --help`. */
export const exitCode = {
  /** Something that is not in this list; the message says what. */
  failed: 1,
  /** An option, a value or a command that is not known. */
  usage: 2,
  cannotListen: 3,
  dataDirectoryHeld: 4,
  dataDirectoryUnusable: 5,
  /** Some of what was asked for could not be read, or was refused; the rest is done. */
  incomplete: 6,
  databaseRefuses: 7,
} as const;

/** `run`'s own, by the habit of `env`, `timeout` and the shells. */
export const runExitCode = {
  launcherFailed: 125,
  notExecutable: 126,
  notFound: 127,
} as const;
