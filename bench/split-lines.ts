// The yardsticks of logs where few lines hold a literal: reads the file in pieces and cuts every line out as a string, or only looks for
// the line feeds.
//   node bench/start.js bench/split-lines.ts FILE lines|ends

import { readPieces } from './read-pieces.ts';

const [file, what] = process.argv.slice(2);
let lines = 0;
readPieces(file!, (bytes) => {
  if (what === 'lines') lines += bytes.toString('latin1').split('\n').length - 1;
  else for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
});
process.stdout.write(`${JSON.stringify({ found: lines })}\n`);
