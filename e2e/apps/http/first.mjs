import { createServer, get } from 'node:http';
import { run } from './first-scenario.cjs';

run({ http: { createServer, get } });
