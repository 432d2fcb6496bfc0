import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { run } from './scenario.cjs';

run({ pg, Cursor, QueryStream });
