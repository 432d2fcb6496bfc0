// The six programs, and how each is asked.

function get(path) {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: */*\r\nconnection: keep-alive\r\n\r\n`;
}

function post(path, body) {
  return (
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`
  );
}

export const programs = [
  { name: 'hello', title: 'http, hello world', request: get('/'), connections: 32 },
  {
    name: 'express',
    title: 'express 5, JSON body, router',
    request: post('/api/users/7', JSON.stringify({ name: 'Ada Lovelace' })),
    connections: 32,
  },
  { name: 'fastify', title: 'fastify 5, hook', request: get('/users/7'), connections: 32 },
  { name: 'proxy', title: 'proxy: fetch and http.get', request: get('/'), connections: 32 },
  { name: 'deep', title: '20 awaited calls', request: get('/'), connections: 512 },
  { name: 'pg', title: 'express and pg, 3 queries', request: get('/users/7'), connections: 32 },
];
