#!/usr/bin/env node
// npm links a package's own command only for others, not in its own checkout. This puts `wiretrail` where npx and npm scripts look first.
import '../../src/cli/wiretrail.js';
