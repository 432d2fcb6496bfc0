import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificate } from '../../../../scripts/certificate.ts';
import { ClickHouse, isClickHouseMissing, password } from '../../../../scripts/clickhouse.mjs';
import { openRemoteStore, type StoreError } from './store.ts';

describe.skipIf(isClickHouseMissing())('ClickHouse elsewhere', () => {
  let server: ClickHouse;
  let directory: string;

  beforeAll(async () => {
    server = await ClickHouse.start();
    directory = await mkdtemp(join(tmpdir(), 'sightline-remote-'));
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('credentials come from the URL, from a file, or beside it', async () => {
    const file = join(directory, 'password');
    await writeFile(file, `${password}\n`);
    const host = `127.0.0.1:${server.httpPort}`;
    for (const options of [
      { url: `http://tester:${encodeURIComponent(password)}@${host}/credentials` },
      { url: `http://tester@${host}/credentials`, passwordFile: file },
      { url: `http://tester:not-this@${host}/credentials`, password },
    ]) {
      const store = await openRemoteStore(options);
      expect(await store.query('SELECT currentUser() AS user, currentDatabase() AS database')).toEqual([
        { user: 'tester', database: 'credentials' },
      ]);
      await store.close();
    }
  });

  test('what the server refuses is told with a way out, and without the password', async () => {
    const host = `127.0.0.1:${server.httpPort}`;
    const cases = [
      [`http://tester:wrong@${host}`, 'store-refused', /does not accept the user tester .*--clickhouse-password-file/],
      [`http://reader@${host}`, 'store-refused', /lets the user reader only read.*readonly = 1/],
      ['ftp://host', 'clickhouse-options-invalid', /--clickhouse ftp:\/\/host is not the URL of a ClickHouse/],
      ['http://me:secret@ho st/', 'clickhouse-options-invalid', /me:…@ho st\/: "ho st" is not a host and a port/],
      ['http://me:se%cret@host/', 'clickhouse-options-invalid', /me:…@host\/: a % in it/],
    ] as const;
    for (const [url, code, message] of cases) {
      const error = await openRemoteStore({ url }).catch((thrown: StoreError) => thrown);
      expect(error, url).toMatchObject({ code, message: expect.stringMatching(message) });
      expect((error as Error).message).not.toMatch(/wrong|secret|se%cret/);
    }
    await expect(openRemoteStore({ url: `http://${host}`, passwordFile: '/nowhere' })).rejects.toMatchObject({
      code: 'clickhouse-options-invalid',
      message: expect.stringMatching(/--clickhouse-password-file cannot be read: ENOENT/),
    });
  });

  test('a server that is too old is refused', async () => {
    const old = createServer((_, response) => response.end('{"version":"23.8.1.1","result":0}\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(old, 'listening');
    const { port } = old.address() as AddressInfo;
    await expect(openRemoteStore({ url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/too old: it is version 23\.8\.1\.1, and Sightline needs 24\.8 or newer/),
    });
    old.close();
  });

  test('a server that is away is told of, and is used when it is there', async () => {
    await server.kill();
    const heard: StoreError[] = [];
    const store = await openRemoteStore({ url: `${server.url}/away`, onUnreachable: (error) => heard.push(error) });
    expect(heard).toMatchObject([
      {
        code: 'store-unreachable',
        message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED.* waits in the spool/),
      },
    ]);
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ code: 'store-unreachable' });
    await server.restart();
    expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '0' }]);
    await server.kill();
    await expect(store.stats()).rejects.toMatchObject({ code: 'store-unreachable' });
    await server.restart();
    expect(await store.stats()).toMatchObject({ spanCount: 0 });
    await store.close();
  });

  test('who hangs up ends the query on the server', async () => {
    const store = await openRemoteStore({ url: server.url });
    const givenUp = new AbortController();
    const search = store.query(
      'SELECT sleepEachRow(0.1), {mark:String} FROM numbers(100) SETTINGS max_block_size = 1',
      { mark: 'given up' },
      { signal: givenUp.signal },
    );
    const running =
      "SELECT count() AS running FROM system.processes WHERE query LIKE '%sleepEachRow(0.1)%' AND query NOT LIKE '%processes%'";
    await expect.poll(() => store.query(running)).toEqual([{ running: '1' }]);
    givenUp.abort();
    await expect(search).rejects.toMatchObject({ code: 'query-aborted' });
    await expect.poll(() => store.query(running)).toEqual([{ running: '0' }]);
    await store.close();
  });

  test('TLS: the certificate must be trusted, by name of a file where it is nobody’s that all know', async () => {
    const proxy = createTlsServer(certificate, (incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const passed = request({ port: server.httpPort, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(passed);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `https://tester@localhost:${(proxy.address() as AddressInfo).port}/tls`;
    await expect(openRemoteStore({ url, password })).rejects.toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/certificate of ClickHouse at https:.* is not trusted: .* --clickhouse-ca/),
    });
    const caFile = join(directory, 'ca.pem');
    await writeFile(caFile, certificate.cert);
    const store = await openRemoteStore({ url, password, caFile });
    expect(await store.query('SELECT currentUser() AS user')).toEqual([{ user: 'tester' }]);
    await store.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
