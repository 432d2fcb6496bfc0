require('./scenario.cjs').run({ Database: process.getBuiltinModule('node:sqlite').DatabaseSync });
