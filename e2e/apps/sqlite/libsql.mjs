import Database from 'libsql';
import { run } from './scenario.cjs';

run({ Database });
