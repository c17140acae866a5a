// The engine alone over a file, in pieces of whole lines.
//   node bench/start.js bench/scan-secrets.ts FILE all|equal

import { type ScanOptions, scanSecrets } from '../src/detectors/secrets/scan-secrets.ts';
import { equalKinds } from './equal-kinds.ts';
import { readPieces } from './read-pieces.ts';

const [file, rules] = process.argv.slice(2);
const options: ScanOptions = rules === 'equal' ? { kinds: equalKinds() } : {};
let found = 0;
readPieces(file!, (bytes) => {
  found += scanSecrets(bytes, options).length;
});
process.stdout.write(`${JSON.stringify({ found })}\n`);
