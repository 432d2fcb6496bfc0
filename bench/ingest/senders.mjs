/** One connection that sends requests, one at a time, for each protocol. */
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';

/** @returns send(bytes): resolves when the server has acknowledged; rejects with its answer otherwise */
export function senderOf(protocol, address) {
  return protocol === 'grpc' ? grpcSender(address) : httpSender(address, protocol);
}

function httpSender(address, protocol) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const type = protocol === 'json' ? 'application/json' : 'application/x-protobuf';
  return (bytes) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': bytes.length };
      const sent = request(`${address}/v1/traces`, { agent, method: 'POST', headers }, (answer) => {
        answer.resume();
        answer.once('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`)),
        );
      });
      sent.once('error', reject);
      sent.end(bytes);
    });
}

function grpcSender(address) {
  const session = connect(address);
  session.on('error', () => undefined);
  return (bytes) =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      let status;
      const note = (headers) => {
        status = headers['grpc-status'] ?? status;
      };
      stream.on('response', note);
      stream.on('trailers', note);
      stream.once('error', reject);
      stream.resume();
      stream.once('end', () => (status === '0' ? resolve() : reject(new Error(`gRPC status ${status}`))));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(bytes.length, 1);
      stream.write(prefix);
      stream.end(bytes);
    });
}
