#!/usr/bin/env node
// Here, and not in dist/, so that npm finds a command to link before anything is built.
require('../dist/main.cjs');
