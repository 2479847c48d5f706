// Speed of encoding a corpus, as a JSON line: what ../shared/peers/bench_tok.py measures of `tokenizers` in Python.
// node bench/tokenise.ts --tokenizer DIR FILE…
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openTokenizer } from '../src/main/lab/tokenizer/index.ts';

const { values, positionals: files } = parseArgs({
  options: { tokenizer: { type: 'string' } },
  allowPositionals: true,
});
if (!values.tokenizer || files.length === 0) throw new Error('--tokenizer DIR and files are needed'); // prettier-ignore
const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1));
const megabytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0) / 1e6;
const tokenizer = openTokenizer(values.tokenizer);

let tokens = 0;
/** One pass over all lines. @returns MB/s */
function pass(): number {
  const began = performance.now();
  tokens = tokenizer.encodeBatch(lines).reduce((sum, ids) => sum + ids.length, 0);
  return (1_000 * megabytes) / (performance.now() - began);
}
const cold = pass();
const warm = [pass(), pass(), pass()].sort((a, b) => a - b);
console.log(
  JSON.stringify({
    bench: 'tokenise',
    megabytes,
    lines: lines.length,
    tokens,
    coldMBps: cold,
    medianMBps: warm[1],
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
