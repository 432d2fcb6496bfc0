/** dist/exit-worker.cjs: sends one request on a thread of its own, and says when it is done. */
import { workerData } from 'node:worker_threads';
import type { ExitWorkerData } from './exit-flush.ts';
import { type Connection, createProtocol } from './protocol.ts';

const { settings, request, state } = workerData as ExitWorkerData;
const protocol = createProtocol(settings);

const connection: Connection = protocol.connect({
  onReady: () => connection.send(request),
  onAnswer: (answer) => finish(protocol.readOutcome(answer).kind === 'accepted' ? 1 : 2),
  onClose: () => finish(2),
});
const keepAlive = setInterval(() => {}, 1_000); // the socket keeps no thread alive

function finish(result: 1 | 2): void {
  clearInterval(keepAlive);
  Atomics.store(state, 0, result);
  Atomics.notify(state, 0);
  connection.destroy();
}
