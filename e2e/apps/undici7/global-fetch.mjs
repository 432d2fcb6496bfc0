import { run } from './scenario.cjs';

run({ fetch });
