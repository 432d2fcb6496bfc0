require('../pg8/scenario.cjs').run({ pg: require('pg') });
