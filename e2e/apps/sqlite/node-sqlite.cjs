require('./scenario.cjs').run({ Database: require('node:sqlite').DatabaseSync });
