import { get } from 'node:http';
import { fastify } from 'fastify';
import { run } from './scenario.cjs';

run({ fastify, get });
