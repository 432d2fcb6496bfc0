require('./scenario.cjs').run({ Database: require('better-sqlite3') });
