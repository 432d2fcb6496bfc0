import { connect, createServer } from 'node:http2';
import { run } from './http2-scenario.cjs';

run({ createServer, connect });
