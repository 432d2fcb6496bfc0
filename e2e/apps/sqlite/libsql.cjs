require('./scenario.cjs').run({ Database: require('libsql') });
