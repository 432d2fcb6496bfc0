import { createServer, get } from 'node:https';
import { run } from './https-scenario.cjs';

run({ createServer, get });
