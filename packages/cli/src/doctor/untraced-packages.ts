/** What a program has installed that others trace and this agent does not: said, so that nobody looks for its spans. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentReport } from '@sightline/wire';
import { type Finding, note } from './finding.ts';

/** Servers, clients and queues that people expect spans of. */
const wellKnown = [
  '@aws-sdk/client-s3',
  '@grpc/grpc-js',
  '@hapi/hapi',
  '@prisma/client',
  'amqplib',
  'bullmq',
  'cassandra-driver',
  'drizzle-orm',
  'graphql',
  'hono',
  'ioredis',
  'kafkajs',
  'knex',
  'koa',
  'memcached',
  'mongodb',
  'mongoose',
  'mysql',
  'mysql2',
  'oracledb',
  'pg',
  'postgres',
  'redis',
  'restify',
  'sqlite3',
  'tedious',
];

/** @param traced packages of the agent's table */
export function checkInstalled(folder: string, traced: ReadonlySet<string>): Finding[] {
  const found = wellKnown.filter((name) => !traced.has(name) && isInstalled(name, folder));
  if (found.length === 0) return [];
  return [
    note(
      `installed, and without spans of their own: ${found.join(', ')}`,
      'Their HTTP requests are; "sightline libraries" lists what is traced.',
    ),
  ];
}

/** Versions that the agent leaves alone, also where the program has not loaded them. */
export function checkVersions({ libraries }: AgentReport): Finding[] {
  const packages = libraries.flatMap((library) => library.packages);
  return packages
    .filter(({ supported, loaded }) => !supported && !loaded)
    .map(({ name, version }) => note(`${name} ${version} is installed in a version that is not traced`));
}

function isInstalled(name: string, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', name, 'package.json'))) return true;
    if (dirname(at) === at) return false;
  }
}
