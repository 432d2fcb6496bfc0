import pg from 'pg';
import { run } from '../pg8/scenario.cjs';

run({ pg });
