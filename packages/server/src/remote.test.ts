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
    await expect.poll(storedIds, { timeout: 10_000 }).toHaveLength(3);
    await clickhouse.kill();
    expect((await sendTraces(first.said.otlpHttp, sent[1] ?? traceOf(0))).status).toBe(200);
    await first.kill('SIGKILL');
    await start(`${clickhouse.url}/up`);
    await clickhouse.restart();
    await expect.poll(storedIds, { timeout: 10_000 }).toHaveLength(5);
    const ids = sent.flatMap((trace) => trace.resourceSpans[0]?.scopeSpans[0]?.spans.map(({ spanId }) => spanId) ?? []);
    expect(await storedIds()).toEqual(ids.sort());
    expect(await clickhouse.execute('SELECT sum(span_count) FROM up.span_names')).toBe('5\n');
    expect((await get<SearchResponse>('/api/v1/traces?start=2000-01-01T00:00:00Z')).body.traces).toHaveLength(2);
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
