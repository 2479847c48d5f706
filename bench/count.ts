// Counting n-grams as `gardenpath ngram` does: the counter's whole task on texts of growing size, from lines of
// text to the scores of a suite. Prints a table.
//
//   npm run bench -- count [--words 5,10 (millions)] [--like embedded|FOLDER] [--suite starter|FILE] [--order 5]
//                          [--vocabulary 30000]
//
// Target: 100 M words within 15 minutes and 8 GB on 2 cores (--words 100; some 5 GB in the folder for temporary
// files). The texts are grown from a real one (grown-text.ts), which comes first, and beside it a grown text of the
// same size, so that one sees whether it repeats itself too much. Each is read by a process of its own, so that
// its peak of memory is its own; the tokenizer is trained on the real text.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inspectCorpus, readLines } from '../src/main/lab/corpus/index.ts';
import { count, type CountTask } from '../src/main/lab/jobs/counter/count.ts';
import { readSuite } from '../src/main/lab/suite/index.ts';
import { encodeCorpus, openTokenizer, trainTokenizer } from '../src/main/lab/tokenizer/index.ts';
import { profiles, type Profile } from '../src/shared/domain.ts';
import { grownText } from './grown-text.ts';

interface Measured {
  words: number;
  tokens: number;
  /** Distinct n-grams, order by order. */
  distinct: number[];
  encodingS: number;
  countingS: number;
  scoringS: number;
  /** Of all threads, over the three. */
  processorS: number;
  fileMb: number;
  /** The most memory that the process had, until it had counted and at its end. */
  countingMb: number;
  peakMb: number;
}

const { values: asked } = parseArgs({
  options: {
    words: { type: 'string', default: '5,10' },
    like: { type: 'string', default: 'embedded' },
    suite: { type: 'string', default: 'starter' },
    order: { type: 'string', default: '5' },
    vocabulary: { type: 'string', default: '30000' },
    /** The parts, each a process: what to make or to measure in the folder. */
    make: { type: 'string' },
    measure: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
});
const inFolder = (name: string): string => path.join(asked.folder, name);

async function realLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(await inspectCorpus(asked.like), 'train')) lines.push(...batch); // prettier-ignore
  return lines;
}

/** Writes a text of as many million words. */
async function make(millions: number): Promise<void> {
  const file = fs.openSync(inFolder('grown.txt'), 'w');
  let batch: string[] = [];
  const write = (): void => {
    fs.writeSync(file, batch.map((line) => `${line}\n`).join(''));
    batch = [];
  };
  for (const line of grownText(await realLines(), Math.round(1e6 * millions), 1)) {
    batch.push(line);
    if (batch.length === 10_000) write();
  }
  write();
  fs.closeSync(file);
}

/** Encodes a text, counts its n-grams and scores the suite with them. */
async function measure(source: string): Promise<Measured> {
  const peakMb = (): number => process.resourceUsage().maxRSS / 1024;
  const corpus = await inspectCorpus(source);
  const tokenizerJson = fs.readFileSync(inFolder('tokenizer.json'), 'utf8');
  const { classes } = await readSuite(asked.suite);
  const task: CountTask = {
    corpus,
    tokenizerJson,
    lineEnd: 'eos',
    cacheDir: inFolder('cache'),
    order: Number(asked.order),
    file: inFolder('model.ngrams'),
    again: true,
    profile: profiles['gardenpath'] as Profile,
    classes: classes.map(({ pairs }, classId) => ({
      classId,
      pairRowIds: pairs.map((_, i) => i),
      good: pairs.map(({ good }) => good),
      bad: pairs.map(({ bad }) => bad),
    })),
  };
  const seconds = (from: number, to = performance.now()): number => (to - from) / 1e3;
  const began = performance.now();
  await encodeCorpus(corpus, openTokenizer({ json: tokenizerJson }), task);
  const encoded = performance.now();
  const measured = { words: corpus.words, encodingS: seconds(began, encoded) } as Measured;
  await count(task, (notice) => {
    if (notice.kind === 'progress')
      process.stderr.write(`\r${notice.stage}, ${Math.floor(100 * notice.share)} %, ${seconds(began).toFixed(0)} s  `); // prettier-ignore
    if (notice.kind !== 'counted') return;
    const { tokens, distinct, fileBytes } = notice.counted;
    const countingS = seconds(encoded);
    Object.assign(measured, { tokens, distinct, fileMb: fileBytes / 2 ** 20, countingS, countingMb: peakMb() }); // prettier-ignore
  });
  const { user, system } = process.cpuUsage();
  return {
    ...measured,
    scoringS: seconds(encoded) - measured.countingS,
    processorS: (user + system) / 1e6,
    peakMb: peakMb(),
  };
}

const cell = (value: string | number): string =>
  (typeof value === 'number' ? value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0) : value).padStart(10); // prettier-ignore

function row(name: string, m: Measured): string {
  const ratios = m.distinct.map((n) => n / m.tokens);
  const all = m.distinct.reduce((sum, n) => sum + n, 0) / 1e6;
  const figures = [m.words / 1e6, m.tokens / 1e6, all, m.encodingS, m.countingS, m.scoringS, m.processorS, m.fileMb, m.countingMb, m.peakMb]; // prettier-ignore
  return [name.padEnd(7), ...figures.map(cell), ' ', ...ratios.map((n) => n.toFixed(4).padStart(8))].join(''); // prettier-ignore
}

/** This file again, as a process of its own. */
function part(...args: string[]): string {
  const options = ['like', 'suite', 'order', 'vocabulary', 'folder'] as const;
  const same = options.flatMap((name) => [`--${name}`, asked[name]]);
  const done = spawnSync(process.execPath, [import.meta.filename, ...same, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  if (done.status !== 0) throw new Error(`${args.join(' ')} failed.`);
  return done.stdout;
}

if (asked.make !== undefined) await make(Number(asked.make));
else if (asked.measure !== undefined) console.log(JSON.stringify(await measure(asked.measure)));
else {
  asked.folder = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-count-'));
  try {
    console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}; orders 1 to ${asked.order}, vocabulary ${asked.vocabulary}`); // prettier-ignore
    const real = await inspectCorpus(asked.like);
    fs.writeFileSync(inFolder('tokenizer.json'), await trainTokenizer(real, Number(asked.vocabulary))); // prettier-ignore
    console.log([''.padEnd(7), ...['M words', 'M tokens', 'M n-grams', 'encode s', 'count s', 'score s', 'CPU s', 'file MB', 'count MB', 'peak MB'].map(cell), '   distinct n-grams a token, by order'].join('')); // prettier-ignore
    const first = JSON.parse(part('--measure', asked.like)) as Measured;
    console.log(row('real', first));
    for (const millions of [first.words / 1e6, ...asked.words.split(',').map(Number)]) {
      part('--make', String(millions));
      console.log(row('grown', JSON.parse(part('--measure', inFolder('grown.txt'))) as Measured)); // prettier-ignore
      fs.rmSync(inFolder('cache'), { recursive: true });
    }
  } finally {
    fs.rmSync(asked.folder, { recursive: true, force: true });
  }
}
