// The yardstick of logs where few lines hold a literal: reads the file in pieces and looks for the end of every line.
//   node bench/start.js bench/split-lines.ts FILE

import { readPieces } from './read-pieces.ts';

let lines = 0;
readPieces(process.argv[2]!, (bytes) => {
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
});
process.stdout.write(`${JSON.stringify({ found: lines })}\n`);
