// The backends that a program may meet. Each: {url, close}.
import { createServer } from 'node:http';

export const backends = {
  normal: () => listen((request, response) => request.resume().on('end', () => response.end())),
  'slow, 2 s': () =>
    listen((request, response) => {
      request.resume().on('end', () => setTimeout(() => response.end(), 2_000));
    }),
  'never answers': () => listen((request) => request.resume()),
  'does not read': () => listen(() => {}),
  'refuses connections': async () => {
    const { url, close } = await listen(() => {});
    close();
    return { url, close: () => {} };
  },
  'answers 503': () => listen((request, response) => request.resume().on('end', () => response.writeHead(503).end())),
  'resets connections': () =>
    listen((request) => {
      request.once('data', () => request.socket.resetAndDestroy());
      request.socket.on('error', () => {});
    }),
};

function listen(answer) {
  const server = createServer(answer);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, close }));
  });
}
