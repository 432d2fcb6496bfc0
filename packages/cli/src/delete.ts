/** `sightline delete`: removes a service's older spans, by way of the `up` that runs. */
import { createInterface } from 'node:readline/promises';
import { BackendApi, RefusedError } from './backend-api.ts';
import { exitCode } from './exit-codes.ts';
import { UntrustedError } from './untrusted.ts';
import { readUpState } from './up-state.ts';

export interface DeleteOptions {
  data: string;
  service: string;
  olderThan: string;
  yes: boolean;
}

export async function deleteSpans(options: DeleteOptions): Promise<void> {
  const address = readUpState(options.data)?.addresses.http;
  if (!address) return fail(`no backend runs on ${options.data}. Start it: sightline up`, exitCode.failed);
  try {
    await deleteAt(new BackendApi(address), options);
  } catch (error) {
    if (error instanceof UntrustedError) return fail(error.message, exitCode.failed);
    if (!(error instanceof RefusedError)) throw error;
    const isUsage = error.status === 400;
    fail(error.reason, isUsage ? exitCode.usage : exitCode.failed);
  }
}

async function deleteAt(api: BackendApi, { service, olderThan, yes }: DeleteOptions): Promise<void> {
  const { spanCount } = await api.countSpans(service, olderThan);
  const what = `${spans(spanCount)} of ${service}, received more than ${olderThan} ago`;
  if (spanCount === 0) return say(`there are no spans of ${service}, received more than ${olderThan} ago`);
  if (!yes && !process.stdin.isTTY) {
    return fail(`${what}, would be gone for good. Say that you mean it with --yes`, exitCode.usage);
  }
  if (!yes && !(await isMeant(`Delete ${what}, for good? [y/N] `))) return say('nothing was deleted');
  const deleted = await api.deleteSpans(service, olderThan);
  say(`deleted ${spans(deleted.spanCount)} of ${service}`);
}

function spans(count: number): string {
  return count === 1 ? '1 span' : `${count} spans`;
}

async function isMeant(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function say(text: string): void {
  process.stdout.write(`sightline: ${text}\n`);
}

function fail(text: string, code: number): void {
  process.stderr.write(`sightline: ${text}\n`);
  process.exitCode = code;
}
