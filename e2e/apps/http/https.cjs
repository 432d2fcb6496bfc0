require('./https-scenario.cjs').run(require('node:https'));
