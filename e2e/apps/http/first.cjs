require('./first-scenario.cjs').run({ http: require('node:http'), https: require('node:https') });
