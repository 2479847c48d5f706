// Our speed beside that of what a computational linguist would run instead, as ratios: each round runs every
// contestant once, in turn, so that a machine whose speed drifts drifts for all; a rate is the median over rounds.
// Prints the table in Markdown, and on standard error every measurement as it comes.
//
//   npm run bench -- compare --peers DIR --blimp BLiMP.zip [--rounds 5] [--rows train-mini,score-mini,…] [--opt-125m-pairs 20]
//                            [--gpu]
//
// DIR holds the peers' scripts, set up in a virtual environment `venv` as their README says. With --gpu both sides compute
// on a graphics card, the peers by peers_on_gpu.py, and there are rows with larger batches.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: asked } = parseArgs({
  options: {
    peers: { type: 'string' },
    blimp: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    rows: { type: 'string' },
    'opt-125m-pairs': { type: 'string', default: '20' },
    gpu: { type: 'boolean', default: false },
  },
});
if (!asked.peers || !asked.blimp) throw new Error('--peers DIR and --blimp BLiMP.zip are needed');
const peers = path.resolve(asked.peers);
const blimp = path.resolve(asked.blimp);
/** Where the suite lies in a folder of its own, and the corpus in another: what the peers' scripts expect too. */
const data = path.dirname(path.dirname(blimp));
const corpus = ['aochildes', 'wikipedia'].map((name) => path.join(data, `babylm_mini/${name}.train`)); // prettier-ignore

/** Both sides keep freed memory and take large pages: PyTorch gains more by it than we do. */
const allocatorOfPeers = 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=17179869184:glibc.malloc.hugetlb=1'; // prettier-ignore

/** As `npm run gardenpath` sets it besides: one arena for all threads. PyTorch trains at half its speed with it. */
const allocatorOfOurs = `${allocatorOfPeers}:glibc.malloc.arena_max=1`;

interface Contestant {
  name: string;
  command: string[];
  /** Which number of its JSON is the rate. */
  rate: string;
}
interface Row {
  work: string;
  unit: string;
  ours: Contestant;
  peers: Contestant[];
  /** Whether the target is against the best of them, or against each. */
  best: boolean;
  /** Least ratio, one for each peer where not against the best. */
  must: number[];
}

const python = (script: string, ...options: string[]): string[] => [path.join(peers, 'venv/bin/python'), script, ...options]; // prettier-ignore
const onGpu = (what: string, ...options: string[]): string[] => python(path.join(import.meta.dirname, 'peers_on_gpu.py'), what, ...options); // prettier-ignore
const ours = (bench: string, ...options: string[]): string[] => [process.execPath, path.join(import.meta.dirname, `${bench}.ts`), ...options]; // prettier-ignore

/** PyTorch's ways to train, as mode and AdamW: `mini` by all of them, OPT-125M by those that were fastest there. */
const modes = {
  fp32: { tiny: ['eager default', 'sdpa default', 'sdpa fused', 'compile fused'], base: ['sdpa fused', 'compile fused'] }, // prettier-ignore
  bf16: { tiny: ['bf16 fused', 'bf16-compile fused'], base: ['bf16 fused', 'bf16-compile fused'] },
};
/** There, always with fused AdamW; `graphs` is compiled for CUDA graphs. */
const modesOnGpu = {
  fp32: ['sdpa', 'compile', 'graphs'],
  bf16: ['bf16', 'bf16-compile', 'bf16-graphs'],
};

function training(model: 'tiny' | 'base', batch: number, precision: 'fp32' | 'bf16'): Row {
  const seconds = ['--seconds', asked.seconds];
  return {
    work: `train ${model === 'tiny' ? 'mini' : 'OPT-125M'}, batch ${batch} × 128, ${precision}`,
    unit: 'tokens/s',
    ours: {
      name: 'Gardenpath',
      command: ours('train', '--model', model === 'tiny' ? 'mini' : 'opt-125m', '--batch', `${batch}`, '--precision', precision, '--stream', path.join(peers, 'data/stream_u16.npy'), ...seconds), // prettier-ignore
      rate: 'tok_s_median',
    },
    peers: asked.gpu
      ? trainingOnGpu(model, batch, precision)
      : modes[precision][model]
          .map((names) => names.split(' ') as [string, string])
          .map(([mode, optimizer]) => ({
            name: `PyTorch ${mode}, AdamW ${optimizer}`,
            command: python('bench_train.py', '--model', model, '--batch', `${batch}`, '--seq', '128', '--mode', mode, '--opt', optimizer, ...seconds), // prettier-ignore
            rate: 'tok_s_median',
          })),
    best: true,
    must: [1],
  };
}

function trainingOnGpu(
  model: 'tiny' | 'base',
  batch: number,
  precision: 'fp32' | 'bf16',
): Contestant[] {
  return modesOnGpu[precision].map((mode) => ({
    name: `PyTorch ${mode}`,
    command: onGpu('train', '--model', model, '--batch', `${batch}`, '--mode', mode, '--seconds', asked.seconds),
    rate: 'tok_s_median',
  })); // prettier-ignore
}

function scoring(model: 'tiny' | 'base', perClass: number, must: number[]): Row {
  return {
    work: `score BLiMP, ${perClass} pairs a class, with ${model === 'tiny' ? 'mini' : 'OPT-125M'}`,
    unit: 'pairs/s',
    ours: {
      name: 'Gardenpath, stored',
      command: ours('score', '--suite', blimp, '--tokenizer', path.join(peers, 'tok'), '--model', path.join(peers, 'models', model), '--pairs-per-class', `${perClass}`, '--reps', asked.gpu ? '3' : '1'), // prettier-ignore
      rate: 'pairsPerSecond',
    },
    peers: ['minicons', 'lmeval', 'plain'].map((method) => ({
      name: method,
      command: asked.gpu
        ? onGpu('score', '--model', model, '--method', method, '--batch', '256', '--per-class', `${perClass}`)
        : python('bench_score.py', '--model', model, '--method', method, '--batch', '64', '--per-class', `${perClass}`), // prettier-ignore
      rate: 'pairs_per_s',
    })),
    best: false,
    must,
  };
}

const rows: Record<string, () => Row> = {
  'train-mini': () => training('tiny', 32, 'fp32'),
  'train-mini-bf16': () => training('tiny', 32, 'bf16'),
  'train-opt-125m': () => training('base', 4, 'fp32'),
  'train-opt-125m-bf16': () => training('base', 4, 'bf16'),
  'train-opt-125m-64': () => training('base', 64, 'fp32'),
  'train-opt-125m-64-bf16': () => training('base', 64, 'bf16'),
  'score-mini': () => scoring('tiny', 100, [3, 4.5, 2]),
  'score-mini-all': () => scoring('tiny', 1_000, [3, 4.5, 2]),
  'score-opt-125m': () => scoring('base', Number(asked['opt-125m-pairs']), [2.5, 2, 1.5]),
  tokenise: () => ({
    work: 'tokenise a corpus , first pass',
    unit: 'MB/s',
    ours: {
      name: 'Gardenpath',
      command: ours('tokenise', '--tokenizer', path.join(peers, 'tok'), ...corpus),
      rate: 'coldMBps',
    },
    peers: [
      {
        name: 'tokenizers encode_batch_fast',
        command: python('bench_tok.py', '--reps', '1'),
        rate: 'encode_batch_fast.cold_MBps',
      },
    ],
    best: true,
    must: [1],
  }),
};

/** Runs a contestant once. @returns its rate, and its whole JSON line */
function measure({ name, command, rate }: Contestant): { rate: number; peakMb: number } {
  const [program, ...options] = command as [string, ...string[]];
  const isOurs = program === process.execPath;
  const done = spawnSync(program, options, {
    cwd: isOurs ? undefined : peers,
    env: { ...process.env, GLIBC_TUNABLES: isOurs ? allocatorOfOurs : allocatorOfPeers, PEERS: peers, DATA: data }, // prettier-ignore
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const last = done.stdout.trim().split('\n').at(-1) ?? '';
  if (done.status !== 0) throw new Error(`${name} failed: ${done.stderr.slice(-2_000)}`);
  const result = JSON.parse(last) as Record<string, unknown>;
  let value: unknown = result;
  for (const part of rate.split('.')) value = (value as Record<string, unknown>)[part];
  console.error(`${name}: ${String(value)}`);
  return { rate: Number(value), peakMb: Number(result['peak_rss_MB'] ?? result['peakRssMb']) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

function compare({ work, unit, ours, peers, best, must }: Row): string[] {
  console.error(`${work} (${unit})`);
  const contestants = [ours, ...peers];
  const measured = contestants.map(() => [] as { rate: number; peakMb: number }[]);
  for (let round = 0; round < Number(asked.rounds); round++)
    contestants.forEach((one, i) => measured[i]!.push(measure(one)));
  const rates = measured.map((all) => median(all.map(({ rate }) => rate)));
  const memory = measured.map((all) => median(all.map(({ peakMb }) => peakMb)));
  const fastest = rates.indexOf(Math.max(...rates.slice(1)), 1);
  const against = best ? [fastest] : peers.map((_, i) => i + 1);
  const shown = (n: number) =>
    n < 1_000 ? String(Math.round(n * 10) / 10) : String(Math.round(n));
  return against.map((i, n) => {
    const ratio = rates[0]! / rates[i]!;
    return `| ${work} | ${contestants[i]!.name} | ${shown(rates[0]!)} | ${shown(rates[i]!)} ${unit} | **${ratio.toFixed(2)}** | ${must[n]!.toFixed(1)} | ${Math.round(memory[0]!)} / ${Math.round(memory[i]!)} |`; // prettier-ignore
  });
}

/** What takes long on a CPU: there only where it is named. */
const long = /-64|-all/;
const wanted =
  asked.rows?.split(',') ?? Object.keys(rows).filter((name) => asked.gpu || !long.test(name));
const unknown = wanted.find((name) => !(name in rows));
if (unknown)
  throw new Error(`--rows: there is no ${unknown}, only ${Object.keys(rows).join(', ')}`);
const versions = spawnSync(path.join(peers, 'venv/bin/python'), ['-c', 'import importlib.metadata as m; print(", ".join(f"{p} {m.version(p)}" for p in ("torch", "transformers", "tokenizers", "minicons", "lm_eval")))'], { encoding: 'utf8' }); // prettier-ignore
console.log(`${os.cpus()[0]?.model}, ${os.cpus().length} cores, ${asked.rounds} rounds, ${versions.stdout.trim()}, Node ${process.version}`); // prettier-ignore
console.log('');
console.log('| work | against | ours | theirs | ratio | must | peak MB, ours / theirs |');
console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
for (const name of wanted) for (const line of compare(rows[name]!())) console.log(line);
