// The yardsticks of logs where few lines hold a literal: reads the file and splits it into lines, as programs do it (readline), with the
// fewest steps that give strings (split), or only looks for the line feeds (ends).
//   node bench/start.js bench/split-lines.ts FILE readline|split|ends

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readPieces } from './read-pieces.ts';

const [file, how] = process.argv.slice(2);
let lines = 0;
if (how === 'readline') {
  for await (const line of createInterface({ input: createReadStream(file!), crlfDelay: Infinity }))
    lines += line.length >= 0 ? 1 : 0;
} else {
  readPieces(file!, (bytes) => {
    if (how === 'split') lines += bytes.toString('latin1').split('\n').length - 1;
    else for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
  });
}
process.stdout.write(`${JSON.stringify({ found: lines })}\n`);
