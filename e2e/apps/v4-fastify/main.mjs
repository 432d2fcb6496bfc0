import { get } from 'node:http';
import { fastify } from 'fastify';
import { run } from '../fastify5/scenario.cjs';

run({ fastify, get });
