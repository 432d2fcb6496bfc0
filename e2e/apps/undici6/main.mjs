import { fetch, request } from 'undici';
import { run } from '../undici7/scenario.cjs';

run({ fetch, request });
