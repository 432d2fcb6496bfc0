/** Servers that share a cluster of two shards, of which one is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchResponse, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouse, isClickHouseMissing } from '../../../scripts/clickhouse.mjs';
import { buildServer, removeServer, type ServerChild, startChild } from './server-child.fixture.ts';
import { sendTraces, spanIdsOf, traceOf } from './traces.fixture.ts';

const patienceMs = 30_000;

describe.skipIf(isClickHouseMissing())('with --clickhouse-cluster', () => {
  let program: string;
  let shards: ClickHouse[];
  let directory: string;
  let first: ServerChild;
  let second: ServerChild;
  const sent: TracesData[] = [];

  beforeAll(async () => {
    [program, shards] = await Promise.all([buildServer(), ClickHouse.startCluster(2)]);
    directory = await mkdtemp(join(tmpdir(), 'sightline-cluster-'));
  });

  afterAll(async () => {
    await Promise.all([first, second].map((child) => child.kill('SIGKILL')));
    await removeServer(program);
    await Promise.all(shards.map((shard) => shard.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  async function start(name: string): Promise<ServerChild> {
    const hosts = shards.map(({ httpPort }) => `127.0.0.1:${httpPort}`);
    const clickhouse = { url: `http://${hosts.join(',')}/shared`, cluster: 'test' };
    const child = await startChild(program, { dataDir: join(directory, name), clickhouse, logLevel: 'silent' });
    expect(child.said.code, child.said.message).toBeUndefined();
    return child;
  }

  async function send(child: ServerChild, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const traces = traceOf(2);
      sent.push(traces);
      expect((await sendTraces(child.said.otlpHttp, traces)).status).toBe(200);
    }
  }

  async function storedOn(shard: ClickHouse | undefined): Promise<string[]> {
    const rows = (await shard?.execute('SELECT lower(hex(span_id)) FROM shared.spans_shard')) ?? '';
    return rows.split('\n').filter((id) => id !== '');
  }

  const stored = async (): Promise<string[]> => (await Promise.all(shards.map(storedOn))).flat().sort();
  const countedSpans = async () => shards[0]?.execute('SELECT sum(span_count) FROM shared.span_names');
  const sentIds = (): string[] => sent.flatMap(spanIdsOf).sort();

  async function search({ said }: ServerChild, q = ''): Promise<SearchResponse> {
    const query = `start=2000-01-01T00:00:00Z&limit=1000&q=${encodeURIComponent(q)}`;
    const answer = await fetch(`${said.http}/api/v1/traces?${query}`);
    return (await answer.json()) as SearchResponse;
  }

  test('two servers that come at once make the tables once; traces are spread, each on one shard', {
    timeout: 120_000,
  }, async () => {
    [first, second] = await Promise.all([start('first'), start('second')]);
    await Promise.all([send(first, 10), send(second, 10)]);
    await expect.poll(stored, { timeout: patienceMs }).toEqual(sentIds());
    for (const shard of shards) {
      expect((await storedOn(shard)).length).toBeGreaterThan(0);
      expect(
        await shard.execute(
          'SELECT count() FROM (SELECT trace_id FROM shared.spans_shard GROUP BY 1 HAVING count() != 2)',
        ),
      ).toBe('0\n');
    }
    await expect.poll(countedSpans, { timeout: patienceMs }).toBe('40\n');
    expect((await search(second)).traces).toHaveLength(20);
    expect((await search(second, '{ name = "work" } && { span:childCount = 0 } | count() = 2')).traces).toHaveLength(
      20,
    );
    expect((await search(second, '{ name = "work" } > { }')).traces).toHaveLength(0);
    expect((await search(first)).warnings).toBeUndefined();
  });

  test('a shard that is away: the other takes what is its own, searches answer and say so', {
    timeout: 120_000,
  }, async () => {
    const [here, away] = shards as [ClickHouse, ClickHouse];
    await away.kill();
    const before = (await storedOn(here)).length;
    await send(first, 20);
    await expect.poll(async () => (await storedOn(here)).length, { timeout: patienceMs }).toBeGreaterThan(before);
    const { traces, warnings } = await search(first);
    expect(traces.length).toBeGreaterThan(0);
    expect(warnings).toEqual([`Shard 2 (127.0.0.1:${away.tcpPort}) does not answer: traces on it are missing.`]);
    await expect
      .poll(async () => (await missingTraceStatus(first)).sort(), { timeout: patienceMs })
      .toEqual([200, 503]);

    await first.kill('SIGKILL');
    first = await start('first');
    await away.restart();
    await expect.poll(stored, { timeout: patienceMs }).toEqual(sentIds());
    await expect.poll(countedSpans, { timeout: patienceMs }).toBe('80\n');
    expect((await search(first)).warnings).toBeUndefined();
    expect((await search(first)).traces).toHaveLength(40);
    expect(await missingTraceStatus(first), 'each is found on its shard').toEqual([200]);
  });

  test('the server that was asked is away: the next one is', { timeout: 120_000 }, async () => {
    await shards[0]?.kill();
    expect((await search(first)).warnings).toHaveLength(1);
    await send(first, 4);
    await shards[0]?.restart();
    await expect.poll(stored, { timeout: patienceMs }).toEqual(sentIds());
  });

  /** Of every trace that was sent, each status once: found, or perhaps on the shard that is away. */
  async function missingTraceStatus({ said }: ServerChild): Promise<number[]> {
    const statuses = new Set<number>();
    for (const traces of sent) {
      const { traceId } = traces.resourceSpans[0]?.scopeSpans[0]?.spans[0] ?? {};
      statuses.add((await fetch(`${said.http}/api/v1/traces/${traceId}`)).status);
    }
    return [...statuses];
  }
});
