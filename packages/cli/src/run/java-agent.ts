/**
 * OpenTelemetry's agent for Java, fetched from Maven Central when the first Java program is run, and kept in the user's
 * cache. What is loaded into a program is exactly the file whose digest stands here.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = '2.33.1';
const sha256 = 'e43a270df53c6f423e0ab157be9c27ccc01d5dc3232e162fe54777573db2f149';
const path = `io/opentelemetry/javaagent/opentelemetry-javaagent/${version}/opentelemetry-javaagent-${version}.jar`;
const mavenCentral = 'https://repo1.maven.org/maven2';
const patienceMs = 120_000;

export interface JavaAgentOptions {
  /** `SIGHTLINE_MAVEN_REPOSITORY`, where Maven Central is not reached; `XDG_CACHE_HOME`. */
  env: NodeJS.ProcessEnv;
  /** A line for the user. */
  say(text: string): void;
}

/** @returns its path; undefined where it cannot be had, which has been said then */
export async function provideJavaAgent({ env, say }: JavaAgentOptions): Promise<string | undefined> {
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sightline', 'java');
  const file = join(folder, `opentelemetry-javaagent-${version}.jar`);
  if (existsSync(file)) return file;
  say("the first Java program here: fetching OpenTelemetry's agent for Java (once, 26 MB)");
  try {
    const bytes = await fetchAgent(`${env.SIGHTLINE_MAVEN_REPOSITORY || mavenCentral}/${path}`);
    mkdirSync(folder, { recursive: true });
    // Renamed into place: another run must not load a half.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, bytes);
    renameSync(draft, file);
    return file;
  } catch (error) {
    say(`this program runs untraced: ${(error as Error).message}`);
    return undefined;
  }
}

async function fetchAgent(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).catch((error: Error) => {
    throw new Error(`${url} cannot be reached (${reasonOf(error)})`);
  });
  if (!answer.ok) throw new Error(`${url} answered with status ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== sha256) throw new Error(`${url} is not the file that it should be (SHA-256 ${digest})`);
  return bytes;
}

function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}
