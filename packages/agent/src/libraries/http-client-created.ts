/**
 * `http.client.request.created`, which Node has from 22.12, for the versions before: published out of
 * `ClientRequest.prototype._storeHeader`, the last moment at which a header can still be added. A
 * prototype is wrapped because no channel of those versions comes before the headers are sent.
 *
 * It is wrapped while the first message of `node:http` is under construction, so that a program that makes none
 * does not pay for loading that: 13 modules. Sockets tell of a request too late, or not at all (TLS, a connection
 * of the program's own), and an import of a builtin passes no hook that is free; but every message is an
 * EventEmitter first, and those call `EventEmitter.init`, as a property, so that node:domain can wrap it.
 */
import type { EventEmitter } from 'node:events';
import type * as http from 'node:http';
import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';

type StoreHeader = (this: http.ClientRequest, firstLine: string, headers: unknown) => void;
type Init = (this: EventEmitter, options: unknown) => void;
type Publish = (message: { request: http.ClientRequest }) => void;

export function hasCreatedChannel(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

export function publishCreated(publish: Publish): void {
  const emitters = builtin<{ init: Init }>('node:events');
  const original = emitters.init;
  let isWaiting = true;
  // Not under `http.client.`, whose calls reports take for requests.
  const inspect = guard('emitter.init', (emitter: EventEmitter) => {
    if (!('_storeHeader' in emitter)) return;
    isWaiting = false;
    // Where somebody has wrapped it in turn, it stays, and does nothing.
    if (emitters.init === init) emitters.init = original;
    wrapStoreHeader(publish);
  });
  const init: Init = function (options) {
    if (isWaiting) inspect(this);
    original.call(this, options);
  };
  emitters.init = init;
}

function wrapStoreHeader(publish: Publish): void {
  const { ClientRequest } = builtin<typeof http>('node:http');
  const prototype = ClientRequest.prototype as unknown as { _storeHeader: StoreHeader };
  const original = prototype._storeHeader;
  prototype._storeHeader = function _storeHeader(firstLine, headers) {
    // An array of headers becomes the header's text at once, so the request is shown with that.
    const isText = Array.isArray(headers);
    if (!isText) publish({ request: this });
    original.call(this, firstLine, headers);
    if (isText) publish({ request: this });
  };
}
