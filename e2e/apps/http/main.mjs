import http, { get, request } from 'node:http';
import { run } from './scenario.cjs';

run({ http, request, get });
