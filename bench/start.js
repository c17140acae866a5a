// Starts a measured script as the launcher starts the command line: from the compile cache, without loading what strips types.
//   node bench/start.js SCRIPT.ts ARGUMENTS

import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

enableCompileCache();
const [script] = process.argv.splice(2, 1);
await import(pathToFileURL(script).href);
