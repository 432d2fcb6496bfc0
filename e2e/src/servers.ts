/** Servers of others, for the tests: each on loopback, in a folder that goes away with the test. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { whenFinished } from './concurrent-test.ts';
import { eventually, freePort, temporaryDirectory } from './sightline.ts';

/** A broker that keeps nothing. @returns its port */
export async function startRedis(): Promise<number> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const redis = spawn('redis-server', options, { cwd: temporaryDirectory(), stdio: 'ignore' });
  whenFinished(() => void redis.kill('SIGTERM'));
  await eventually(() => connectTo(port));
  return port;
}

/** @returns its port; root needs no password */
export async function startMariadb(): Promise<number> {
  const folder = temporaryDirectory();
  const port = await freePort();
  const options = [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  execFileSync('mariadb-install-db', [...options, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    stdio: 'pipe',
  });
  const where = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 'socket')}`];
  const server = spawn('mariadbd', [...options, ...where], { stdio: 'ignore' });
  whenFinished(async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  });
  await eventually(() => connectTo(port), 30_000);
  return port;
}

/** @returns its port, for guest with the password guest */
export async function startRabbitmq(): Promise<number> {
  const folder = temporaryDirectory();
  const [port, distribution, epmd] = await Promise.all([freePort(), freePort(), freePort()]);
  writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.local = 127.0.0.1:${port}\n`);
  writeFileSync(join(folder, 'plugins'), '[].\n');
  const env = {
    ...process.env,
    HOME: folder,
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_NODENAME: `test${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmd),
  };
  // Debian's command on the PATH changes to a user of its own.
  const debian = '/usr/lib/rabbitmq/bin/rabbitmq-server';
  const server = spawn(existsSync(debian) ? debian : 'rabbitmq-server', { env, stdio: 'ignore', detached: true });
  whenFinished(async () => {
    process.kill(-(server.pid ?? 0), 'SIGTERM');
    await once(server, 'exit');
    // Erlang's name server, which it has started beside itself.
    await eventually(() => {
      if (spawnSync('epmd', ['-kill'], { env }).status !== 0) throw new Error('it has names still');
    });
  });
  await eventually(() => connectTo(port), 60_000);
  return port;
}

function connectTo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
