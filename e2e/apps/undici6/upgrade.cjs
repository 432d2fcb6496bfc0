require('../undici7/upgrade-scenario.cjs').run(require('undici'));
