import { mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { otherLanguage } from './other-language.ts';

const said: string[] = [];
vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
afterEach(() => said.splice(0));

test.each([
  ['ruby', 'Ruby'],
  ['/usr/bin/php8.2', 'PHP'],
  ['go', 'Go'],
  ['dotnet', '.NET'],
])('%s is told what to do instead', async (command, language) => {
  expect(await otherLanguage([command, 'app'], {})).toEqual({});
  expect(said).toEqual([expect.stringMatching(`^sightline: \\${language} programs are not traced by "run": `)]);
});

test.each(['node', 'python3', 'gunicorn', './start.sh', 'gopher'])('%s is none of these', async (command) => {
  expect(await otherLanguage([command], {})).toEqual({});
  expect(said).toEqual([]);
});

test('with tracing switched off, or with another agent, Java is left alone', async () => {
  expect(await otherLanguage(['java'], { OTEL_SDK_DISABLED: 'true' })).toEqual({});
  expect(await otherLanguage(['java'], { JAVA_TOOL_OPTIONS: '-javaagent:dd-java-agent.jar' })).toEqual({});
  expect(said).toEqual([]);
});

test('a file that is not the agent is not loaded', async () => {
  const repository = createServer((_, response) => response.end('something else')).listen(0, '127.0.0.1');
  await new Promise((resolve) => repository.once('listening', resolve));
  onTestFinished(() => void repository.close());
  const cache = mkdtempSync(join(tmpdir(), 'sightline-java-'));
  const { port } = repository.address() as { port: number };
  const env = { XDG_CACHE_HOME: cache, SIGHTLINE_MAVEN_REPOSITORY: `http://127.0.0.1:${port}` };
  expect(await otherLanguage(['java'], env)).toEqual({});
  expect(said.join('')).toMatch(/runs untraced: .* is not the file that it should be \(SHA-256 [0-9a-f]{64}\)\n$/);
  expect(readdirSync(cache)).toEqual([]);
});

test('without a network the program runs, and one line says why it is untraced', async () => {
  const env = {
    XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'sightline-java-')),
    SIGHTLINE_MAVEN_REPOSITORY: 'http://127.0.0.1:9',
  };
  expect(await otherLanguage(['/opt/jdk/bin/java', '-jar', 'app.jar'], env)).toEqual({});
  expect(said.join('')).toMatch(/runs untraced: http:\/\/127\.0\.0\.1:9\/\S+ cannot be reached \(.+\)\n$/);
});
