const pg = require('pg');
require('./scenario.cjs').run({ pg, Cursor: require('pg-cursor'), QueryStream: require('pg-query-stream') });
