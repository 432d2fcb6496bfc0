// One exchange over TLS. The key is for this test only.
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

exports.run = async ({ createServer, get }) => {
  const cert = readFileSync(join(__dirname, 'tls-cert.pem'));
  const server = createServer({ key: readFileSync(join(__dirname, 'tls-key.pem')), cert }, (_incoming, response) =>
    response.end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const outgoing = get(`https://user:password@127.0.0.1:${server.address().port}/secure`, { ca: cert });
  const [response] = await once(outgoing, 'response');
  await once(response.resume(), 'end');
  server.close();
};
