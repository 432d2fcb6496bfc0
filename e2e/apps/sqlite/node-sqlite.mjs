import { DatabaseSync } from 'node:sqlite';
import { run } from './scenario.cjs';

run({ Database: DatabaseSync });
