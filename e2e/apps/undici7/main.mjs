import { fetch, request } from 'undici';
import { run } from './scenario.cjs';

run({ fetch, request });
