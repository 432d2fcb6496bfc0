// Prints the headers that arrive for each form in which node:http takes them.
const { once } = require('node:events');
const http = require('node:http');
const { json } = require('node:stream/consumers');

const passedOn = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const forms = {
  none: {},
  object: { headers: { 'X-Case': 'kept', 'x-list': ['1', '2'] } },
  flat: { headers: ['Host', 'h', 'X-Case', 'kept', 'x-list', '1', 'x-list', '2'] },
  pairs: {
    headers: [
      ['Host', 'h'],
      ['X-Case', 'kept'],
      ['x-list', '1'],
    ],
  },
  'object with expect': { headers: { 'X-Case': 'kept', expect: '100-continue' } },
  'flat with expect': { headers: ['Host', 'h', 'Expect', '100-continue'] },
  'object passed on': { headers: { traceparent: passedOn, tracestate: 'a=b', baggage: 'own=1' } },
  'flat passed on': { headers: ['Host', 'h', 'TraceParent', passedOn, 'tracestate', 'a=b', 'baggage', 'own=1'] },
  'without host': { setHost: false, headers: { host: 'h' } },
  socket: { agent: false, auth: 'user:password' },
};

const server = http.createServer((incoming, response) => response.end(JSON.stringify(incoming.rawHeaders)));

server.listen(0, '127.0.0.1', async () => {
  const received = {};
  for (const [name, options] of Object.entries(forms)) {
    const outgoing = http.request({ host: '127.0.0.1', port: server.address().port, method: 'POST', ...options });
    if (name === 'object') outgoing.setHeader('x-later', 'yes');
    outgoing.end('body');
    const [response] = await once(outgoing, 'response');
    received[name] = await json(response);
  }
  console.log(JSON.stringify(received));
  server.close();
});
