/**
 * TLS for our ports: a certificate and its key, in PEM files that are looked at every second. Who renews them need not restart us: new
 * connections get the new certificate, and those that are open stay. While the files do not fit each other, as between the writing
 * of one and of the other, the old ones are used.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type Server } from 'node:tls';
import type { Logger } from 'pino';
import { ServerError } from './server-error.ts';

export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

export interface Pem {
  cert: Buffer;
  key: Buffer;
}

/** Looked at, not watched: that sees files which are replaced by links, as Kubernetes does. */
const pollIntervalMs = 1000;

export class Certificate {
  readonly #files: CertificateFiles;
  readonly #log: Pick<Logger, 'info' | 'error'>;
  readonly #servers = new Set<Server>();
  readonly #reread = (): void => this.#readAgain();
  #pem: Pem;
  #names: X509Certificate;

  private constructor(files: CertificateFiles, log: Pick<Logger, 'info' | 'error'>) {
    this.#files = files;
    this.#log = log;
    this.#pem = readPem(files);
    this.#names = new X509Certificate(this.#pem.cert);
  }

  /** @throws ServerError `certificate-unusable` */
  static open(files: CertificateFiles, log: Pick<Logger, 'info' | 'error'>): Certificate {
    const certificate = new Certificate(files, log);
    for (const file of pathsOf(files)) {
      watchFile(file, { interval: pollIntervalMs, persistent: false }, certificate.#reread);
    }
    return certificate;
  }

  get pem(): Pem {
    return this.#pem;
  }

  /** The server is given what comes later, until it is closed. */
  keepUpToDate(server: Server): void {
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
  }

  hasName(name: string): boolean {
    return this.#names.checkHost(name) !== undefined;
  }

  close(): void {
    for (const file of pathsOf(this.#files)) unwatchFile(file, this.#reread);
  }

  #readAgain(): void {
    try {
      const pem = readPem(this.#files);
      if (pem.cert.equals(this.#pem.cert) && pem.key.equals(this.#pem.key)) return;
      for (const server of this.#servers) server.setSecureContext(pem);
      this.#pem = pem;
      this.#names = new X509Certificate(pem.cert);
      this.#log.info({ validTo: this.#names.validTo }, 'the TLS certificate was read again');
    } catch (error) {
      this.#log.error({ err: error }, 'the TLS certificate stays as it was');
    }
  }
}

function pathsOf({ certFile, keyFile }: CertificateFiles): string[] {
  return [certFile, keyFile];
}

/** Both, if they are a pair. */
function readPem({ certFile, keyFile }: CertificateFiles): Pem {
  const pem = { cert: read(certFile, '--tls-cert'), key: read(keyFile, '--tls-key') };
  tryTo(() => new X509Certificate(pem.cert), `${certFile} (--tls-cert) is no certificate in PEM`);
  tryTo(
    () => createSecureContext({ key: pem.key }),
    `${keyFile} (--tls-key) is no private key in PEM, or has a passphrase`,
  );
  tryTo(() => createSecureContext(pem), `the key in ${keyFile} (--tls-key) is not that of ${certFile} (--tls-cert)`);
  return pem;
}

function read(file: string, flag: string): Buffer {
  return tryTo(() => readFileSync(file), `${file} (${flag}) cannot be read`);
}

function tryTo<Result>(action: () => Result, otherwise: string): Result {
  try {
    return action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerError('certificate-unusable', `TLS cannot be used: ${otherwise}: ${reason}.`, { cause });
  }
}
