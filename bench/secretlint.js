// secretlint over a file, in pieces of whole lines, as bench/secrets.ts installs it: started in its folder.
//   node secretlint.js FILE preset | github,gitlab,...

import { closeSync, openSync, readSync } from 'node:fs';

const { lintSource } = await import('@secretlint/core');
const preset = await import('@secretlint/secretlint-rule-preset-recommend');
const [file, chosen] = process.argv.slice(2);
const NAME = '@secretlint/secretlint-rule-';
const wanted = chosen.split(',');
const rules =
  chosen === 'preset'
    ? [{ id: `${NAME}preset-recommend`, rule: preset.creator, options: {}, rules: [] }]
    : preset.rules
        .filter((rule) => wanted.includes(rule.meta.id.slice(NAME.length)))
        .map((rule) => ({ id: rule.meta.id, rule, options: {} }));
if (chosen !== 'preset' && rules.length !== wanted.length)
  throw new Error(`has ${rules.length} of ${wanted.length} rules`);
const options = { config: { rules }, noPhysicFilePath: true };

const PIECE_BYTES = 1 << 20;
const input = openSync(file, 'r');
const buffer = Buffer.alloc(PIECE_BYTES);
let found = 0;
for (let kept = 0; ; ) {
  const read = readSync(input, buffer, kept, PIECE_BYTES - kept, null);
  const end = kept + read;
  const whole = read === 0 ? end : buffer.lastIndexOf(0x0a, end - 1) + 1;
  if (whole > 0) {
    const source = {
      content: buffer.toString('utf8', 0, whole),
      filePath: '/app.log',
      ext: '.log',
      contentType: 'text',
    };
    found += (await lintSource({ source, options })).messages.length;
  }
  if (read === 0) break;
  buffer.copyWithin(0, whole, end);
  kept = end - whole;
}
closeSync(input);
process.stdout.write(`${JSON.stringify({ found })}\n`);
