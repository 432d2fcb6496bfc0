/**
 * Jaeger's agent: one datagram is one call of `emitBatch`. Both ports take both protocols, because a datagram's first
 * byte tells which it is. Nobody is waiting for an answer, so what cannot be taken is dropped and counted.
 *
 * A socket is read as fast as datagrams come; what is bounded is how many bytes of them may wait for the disk.
 *
 * @see https://www.jaegertracing.io/docs/latest/apis/
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { DecodeError } from '@sightline/wire';
import { listenError } from '../http/listen.ts';
import { SpoolFull } from '../spool/spool.ts';
import { translateJaegerThriftMessage } from '../translate/jaeger-thrift.ts';
import type { Translation } from '../translate/translation.ts';
import { type ReceiverDeps, takeIn } from './intake.ts';

/** Asked for; Linux gives what net.core.rmem_max allows, 208 KiB where nobody changed it. */
const receiveBufferBytes = 4 * 1024 * 1024;
/** Of datagrams that wait for the disk. */
const maxWaitingBytes = 16 * 1024 * 1024;

export interface UdpAddress {
  host: string;
  /** 0 finds a free one. */
  port: number;
  /** Which sets the port, for the message when it is taken. */
  flag: string;
}

export interface UdpReceiver {
  port: number;
  /** Takes no more, and resolves when what was taken is on disk. */
  close(): Promise<void>;
}

/** @throws ServerError where the port cannot be used */
export async function listenJaegerUdp(address: UdpAddress, deps: ReceiverDeps): Promise<UdpReceiver> {
  const { host, port, flag } = address;
  const socket = createSocket({ type: isIP(host) === 6 ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes });
  const datagrams = new Datagrams(deps);
  socket.on('message', (datagram) => datagrams.take(datagram));
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    throw listenError(cause, host, port, flag);
  }
  socket.on('error', (error) => deps.log.error({ err: error, port }, 'a UDP socket reported an error'));
  return { port: socket.address().port, close: () => close(socket, datagrams) };
}

async function close(socket: Socket, datagrams: Datagrams): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  await datagrams.settled();
}

class Datagrams {
  readonly #deps: ReceiverDeps;
  readonly #waiting = new Set<Promise<void>>();
  #waitingBytes = 0;

  constructor(deps: ReceiverDeps) {
    this.#deps = deps;
  }

  take(datagram: Buffer): void {
    const { metrics } = this.#deps;
    if (this.#waitingBytes + datagram.length > maxWaitingBytes) {
      metrics.rejectedRequest('too-many');
      return;
    }
    try {
      this.#keep(translateJaegerThriftMessage(datagram), datagram.length);
    } catch (error) {
      metrics.rejectedRequest('undecodable');
      // A fault of ours, then; but a datagram is no reason to end the process.
      if (!(error instanceof DecodeError)) this.#deps.log.error({ err: error }, 'a datagram could not be translated');
    }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  #keep(translation: Translation, sizeBytes: number): void {
    this.#waitingBytes += sizeBytes;
    const taken = takeIn(translation, sizeBytes, this.#deps)
      .catch((error: unknown) => this.#drop(error, translation))
      .finally(() => {
        this.#waitingBytes -= sizeBytes;
        this.#waiting.delete(taken);
      });
    this.#waiting.add(taken);
  }

  #drop(error: unknown, { spanCount }: Translation): void {
    this.#deps.metrics.rejectedSpans('spool-full', spanCount);
    if (!(error instanceof SpoolFull)) this.#deps.log.error({ err: error }, 'spans could not be written to the spool');
  }
}
