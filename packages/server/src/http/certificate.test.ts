import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { pino } from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { laterCertificate, certificate as pem } from '../../../../scripts/certificate.ts';
import { createApp } from './app.ts';
import { Certificate, type CertificateFiles } from './certificate.ts';
import { refusalOf } from './guard.ts';
import { listen } from './listen.ts';

const said: string[] = [];
const log = pino({ level: 'info' }, { write: (line) => void said.push(line) });
let files: CertificateFiles;

beforeEach(() => {
  said.length = 0;
  const directory = mkdtempSync(join(tmpdir(), 'sightline-tls-'));
  files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  writeFileSync(files.certFile, pem.cert);
  writeFileSync(files.keyFile, pem.key);
  return () => rmSync(directory, { recursive: true });
});

function open(): Certificate {
  const certificate = Certificate.open(files, log);
  onTestFinished(() => certificate.close());
  return certificate;
}

async function certificateAt(url: string): Promise<PeerCertificate> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const found = socket.getPeerCertificate();
  socket.destroy();
  return found;
}

test('what is renewed is shown to the next connection; a key that does not fit yet is waited for', async () => {
  const app = createApp({ host: '127.0.0.1', certificate: open(), log });
  onTestFinished(() => app.close());
  const url = await listen(app, '127.0.0.1', 0, '--http-port');
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  expect((await certificateAt(url)).subject.CN).toBe('localhost');

  writeFileSync(files.certFile, laterCertificate.cert);
  await expect.poll(() => said.join('')).toContain('stays as it was');
  expect((await certificateAt(url)).subject.CN).toBe('localhost');
  writeFileSync(files.keyFile, laterCertificate.key);
  await expect.poll(async () => (await certificateAt(url)).subject.CN).toBe('traces.example');
});

test('names of the certificate are names of the server', () => {
  const host = { host: 'traces.example:4318', authorization: undefined, path: '/' };
  expect(refusalOf(host, { host: '127.0.0.1', certificate: open() })?.status).toBe(421);
  writeFileSync(files.certFile, laterCertificate.cert);
  writeFileSync(files.keyFile, laterCertificate.key);
  expect(refusalOf(host, { host: '127.0.0.1', certificate: open() })).toBeUndefined();
});

test.each([
  ['certFile', undefined, /cert\.pem \(--tls-cert\) cannot be read: ENOENT/],
  ['keyFile', undefined, /key\.pem \(--tls-key\) cannot be read: ENOENT/],
  ['certFile', 'no PEM', /cert\.pem \(--tls-cert\) is no certificate in PEM/],
  ['keyFile', 'no PEM', /key\.pem \(--tls-key\) is no private key in PEM/],
  ['keyFile', laterCertificate.key, /the key in .*key\.pem \(--tls-key\) is not that of .*cert\.pem \(--tls-cert\)/],
] as const)('a %s with %j is refused', (file, text, message) => {
  if (text === undefined) rmSync(files[file]);
  else writeFileSync(files[file], text);
  expect(() => open()).toThrow(
    expect.objectContaining({ code: 'certificate-unusable', message: expect.stringMatching(message) }),
  );
});
