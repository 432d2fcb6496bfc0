import Database from 'better-sqlite3';
import { run } from './scenario.cjs';

run({ Database });
