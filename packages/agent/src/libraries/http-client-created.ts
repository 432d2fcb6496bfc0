/**
 * `http.client.request.created`, which Node has from 22.12, for the versions before: published out of
 * `ClientRequest.prototype._storeHeader`, the last moment at which a header can still be added. A
 * prototype is wrapped because no channel of those versions comes before the headers are sent.
 */
import type * as http from 'node:http';
import { builtin } from '../builtin.ts';

type StoreHeader = (this: http.ClientRequest, firstLine: string, headers: unknown) => void;

export function hasCreatedChannel(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

export function publishCreated(publish: (message: { request: http.ClientRequest }) => void): void {
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
