require('./scenario.cjs').run({ fetch });
