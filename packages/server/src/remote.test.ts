/** The server with a ClickHouse elsewhere: away at first, killed while spans come in, and there again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchResponse, StatusResponse } from '@sightline/wire';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouse, isClickHouseMissing } from '../../../scripts/clickhouse.mjs';
import { buildServer, removeServer, type ServerChild, startChild } from './server-child.fixture.ts';
import { sendTraces, traceOf } from './traces.fixture.ts';

describe.skipIf(isClickHouseMissing())('with --clickhouse', () => {
  let program: string;
  let clickhouse: ClickHouse;
  let dataDir: string;
  let child: ServerChild | undefined;

  beforeAll(async () => {
    [program, clickhouse] = await Promise.all([buildServer(), ClickHouse.start()]);
    dataDir = await mkdtemp(join(tmpdir(), 'sightline-remote-'));
  });

  afterEach(() => child?.kill('SIGKILL'));

  afterAll(async () => {
    await removeServer(program);
    await clickhouse.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(url: string): Promise<ServerChild> {
    child = await startChild(program, { dataDir, clickhouse: { url }, logLevel: 'silent' });
    return child;
  }

  async function get<Body>(path: string): Promise<{ status: number; body: Body }> {
    const answer = await fetch(`${child?.said.http}${path}`);
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  const storedIds = async (): Promise<string[]> => {
    const ids = await clickhouse.execute('SELECT lower(hex(span_id)) FROM up.spans ORDER BY 1');
    return ids.split('\n').filter((id) => id !== '');
  };

  test('what is received while the server is away waits in the spool, and is stored once when it is back', async () => {
    await clickhouse.kill();
    const first = await start(`${clickhouse.url}/up`);
    const sent = [traceOf(3), traceOf(2)];
    expect((await sendTraces(first.said.otlpHttp, sent[0] ?? traceOf(0))).status).toBe(200);
    expect(await get('/api/v1/traces')).toMatchObject({
      status: 503,
      body: { error: { code: 'store-unreachable', message: expect.stringContaining('cannot be reached') } },
    });
    expect((await get<StatusResponse>('/api/v1/status')).body).toMatchObject({
      spanCount: 0,
      storeProblem: expect.stringContaining('cannot be reached'),
    });
    expect((await get('/api/services')).status).toBe(503);

    await clickhouse.restart();
    await expect.poll(storedIds).toHaveLength(3);
    await clickhouse.kill();
    expect((await sendTraces(first.said.otlpHttp, sent[1] ?? traceOf(0))).status).toBe(200);
    await first.kill('SIGKILL');
    await start(`${clickhouse.url}/up`);
    await clickhouse.restart();
    await expect.poll(storedIds).toHaveLength(5);
    const ids = sent.flatMap((trace) => trace.resourceSpans[0]?.scopeSpans[0]?.spans.map(({ spanId }) => spanId) ?? []);
    expect(await storedIds()).toEqual(ids.sort());
    // Counts come after the spans that they count.
    const count = (): Promise<string> => clickhouse.execute('SELECT sum(span_count) FROM up.span_names');
    await expect.poll(count).toBe('5\n');
    expect((await get<SearchResponse>('/api/v1/traces?start=2000-01-01T00:00:00Z')).body.traces).toHaveLength(2);
  });

  test('roles: one receives, one answers, both share the server', async () => {
    const url = `${clickhouse.url}/roles`;
    const ingest = await startChild(program, { dataDir, clickhouse: { url }, role: 'ingest' });
    const queryDir = join(dataDir, 'query');
    child = await startChild(program, { dataDir: queryDir, clickhouse: { url }, role: 'query' });
    const traces = traceOf(2);
    expect((await sendTraces(ingest.said.otlpHttp, traces)).status).toBe(200);
    expect(Object.keys(child.said)).toEqual(['http']);
    await expect
      .poll(async () => (await get<SearchResponse>('/api/v1/traces?start=2000-01-01T00:00:00Z')).body.traces)
      .toHaveLength(1);
    expect((await get<StatusResponse>('/api/v1/status')).body.spool).toBeUndefined();
    expect(await (await fetch(`${child.said.http}/metrics`)).text()).toMatch(/^process_cpu_seconds_total/m);
    expect((await fetch(`${child.said.http}/readyz`)).status).toBe(200);

    const statusOf = async (path: string): Promise<number> => (await fetch(`${ingest.said.http}${path}`)).status;
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/status'])
      expect(await statusOf(path), path).toBe(200);
    for (const path of ['/', '/api/v1/traces', '/api/services']) expect(await statusOf(path), path).toBe(404);
    expect(await ingest.kill('SIGTERM')).toBe(0);
    expect(await child.kill('SIGTERM')).toBe(0);
  });

  test('a role without a server to share is refused', async () => {
    const refused = await startChild(program, { dataDir, role: 'query' });
    expect(refused.said).toMatchObject({ code: 'role-without-store', message: expect.stringMatching(/--clickhouse/) });
  });

  test('a server that refuses us ends the start', async () => {
    const refused = await start(`http://tester:wrong@127.0.0.1:${clickhouse.httpPort}/up`);
    expect(refused.said).toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/does not accept the user tester/),
    });
    expect(await refused.exited).toBe(1);
  });
});
