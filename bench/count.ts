// Counting n-grams: how long and in how much memory, on generated text of growing size, and what that makes
// of BabyLM's 100 M words. Prints a table.
//
//   node bench/count.ts [--words 5,10,20 (millions)] [--order 5] [--vocabulary 30000]
//
// Target: 100 M words within 15 minutes and 8 GB on 2 cores. Each size is a process of its own, so that its
// peak of memory is its own. Encoding is not in it (`npm run bench -- tokenise`).
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { seededUint32 } from '../src/main/lab/analysis/random.ts';
import { NgramModel } from '../src/main/lab/ngram/index.ts';

const tokensPerWord = 1.3;
const wordsPerLine = 10;
const boundary = 2;

const { values: asked } = parseArgs({
  options: {
    words: { type: 'string', default: '5,10,20' },
    order: { type: 'string', default: '5' },
    vocabulary: { type: 'string', default: '30000' },
    alone: { type: 'boolean', default: false },
  },
});
const order = Number(asked.order);
const vocabSize = Number(asked.vocabulary);

/**
 * Lines of tokens by Zipf's law; each second one follows from the token before, and a third of the lines was
 * there before: some 1.9 different n-grams of orders 1 to 5 a token, as English text of millions of words has.
 */
function generate(tokens: number): Uint16Array {
  const next = seededUint32(1);
  const uniform = (): number => (next() + 0.5) / 2 ** 32;
  const zipf = (): number => 3 + Math.floor((vocabSize - 3) ** uniform()) - 1;
  const ids = new Uint16Array(tokens);
  const lineEnd = Math.round(wordsPerLine * tokensPerWord);
  for (let i = 0; i < tokens; i++) {
    if (i % lineEnd === 0) {
      const line = i / lineEnd;
      if (line > 0 && next() % 3 === 0 && i + lineEnd <= tokens) {
        const from = (next() % line) * lineEnd;
        ids.copyWithin(i, from, from + lineEnd);
        i += lineEnd - 1;
      } else ids[i] = boundary;
    } else if (next() % 2) ids[i] = zipf();
    else ids[i] = 3 + ((Math.imul((ids[i - 1] as number) + 1, 0x9e3779b1) >>> 8) + zipf()) % (vocabSize - 3); // prettier-ignore
  }
  return ids;
}

if (asked.alone) {
  const tokens = Math.round(Number(asked.words) * 1e6 * tokensPerWord);
  const ids = generate(tokens);
  const start = performance.now();
  const model = NgramModel.build(ids, { order, vocabSize, boundary });
  const seconds = (performance.now() - start) / 1e3;
  const distinct = model.levels.reduce((sum, { size }) => sum + size, 0);
  console.log(JSON.stringify({ tokens, seconds, distinct, peakMb: process.resourceUsage().maxRSS / 1024 })); // prettier-ignore
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}; orders 1 to ${order}, vocabulary ${vocabSize}`); // prettier-ignore
  console.log(['M words', 'M tokens', 'M n-grams', 's', 'peak MB'].map((h) => h.padStart(11)).join('')); // prettier-ignore
  const sizes: { words: number; tokens: number; seconds: number; peakMb: number }[] = [];
  for (const words of asked.words.split(',').map(Number)) {
    const args = ['--alone', '--words', String(words), '--order', asked.order, '--vocabulary', asked.vocabulary]; // prettier-ignore
    const done = spawnSync(process.execPath, [import.meta.filename, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
    const found = JSON.parse(done.stdout) as { tokens: number; seconds: number; distinct: number; peakMb: number }; // prettier-ignore
    console.log([words, found.tokens / 1e6, found.distinct / 1e6, found.seconds, found.peakMb].map((value) => value.toFixed(1).padStart(11)).join('')); // prettier-ignore
    sizes.push({ words, ...found });
  }
  const [before, last] = [sizes.at(-2), sizes.at(-1)];
  if (!before || !last) throw new Error('Two sizes at least show how it grows: --words 5,10');
  // Sorting takes n log n; memory grows with the text above what the program itself takes.
  const tokens = (last.tokens / last.words) * 100;
  const seconds =
    last.seconds * (tokens / last.tokens) * (Math.log(tokens) / Math.log(last.tokens));
  const perToken = (last.peakMb - before.peakMb) / (last.tokens - before.tokens);
  const gigabytes = (last.peakMb + perToken * (tokens - last.tokens)) / 1024;
  console.log(`100 M words at that rate: ${(seconds / 60).toFixed(1)} minutes (target 15), ${gigabytes.toFixed(1)} GB (target 8)`); // prettier-ignore
}
