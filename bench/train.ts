// Training speed of one configuration, as a JSON line: what ../shared/peers/bench_train.py measures of PyTorch.
// node bench/train.ts --model nano|mini|opt-125m [--precision fp32|bf16] [--batch 32] [--tokens 128] [--seconds 20 | --steps N]
//                     [--stream FILE.npy]   (uint16 ids; the same stream as the peers', else pseudo-random ids)
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { ModelConfig, Preset, TrainingConfig } from '../src/shared/domain.ts';
import { loadEngine } from '../src/main/lab/engine/index.ts';
import { parameterCount } from '../src/main/lab/model/index.ts';
import { presets, Trainer, type BatchSource } from '../src/main/lab/training/index.ts';

const WARM_UP_STEPS = 5;
const FEWEST_STEPS = 5;

const { values: given } = parseArgs({
  options: {
    model: { type: 'string', default: 'mini' },
    precision: { type: 'string', default: 'fp32' },
    batch: { type: 'string' },
    tokens: { type: 'string', default: '128' },
    seconds: { type: 'string', default: '20' },
    steps: { type: 'string' },
    stream: { type: 'string' },
  },
});

const [nano, mini] = ['nano', 'mini'].map((name) => presets.find((preset) => preset.name === name)!) as [Preset, Preset]; // prettier-ignore
const shapes: Record<string, { model: ModelConfig; batch: number }> = {
  nano: { model: nano.model, batch: 32 },
  mini: { model: mini.model, batch: 32 },
  'opt-125m': { model: { vocabSize: 50_272, layers: 12, hiddenSize: 768, heads: 12, ffnSize: 3_072, maxPositions: 2_048, dropout: 0, preLayerNorm: true, wordEmbedSize: 768 }, batch: 4 }, // prettier-ignore
};
const { model, batch } = shapes[given.model]!;
const rows = Number(given.batch ?? batch);
const windowTokens = Number(given.tokens);
// As the peers train: lr 1e-3, decay 0.1 on everything, clipping at 1, no dropout, no schedule.
const training: TrainingConfig = {
  ...mini.training,
  batchWindows: rows,
  windowTokens,
  precision: given.precision as TrainingConfig['precision'],
  warmupSteps: 0,
  schedule: 'constant',
};

/** Step k reads tokens k · B · T and on, as the peers do. */
function source(): BatchSource {
  const size = rows * windowTokens;
  const ids = given.stream ? readNpy(given.stream) : pseudoRandom(64 * size, model.vocabSize);
  const batches = Math.floor(ids.length / size);
  const batchAt = (step: number) => Int32Array.from(ids.subarray((step % batches) * size, ((step % batches) + 1) * size)); // prettier-ignore
  return { windowTokens, batch: (step) => ({ ids: batchAt(step), words: 0 }), heldOut: () => [] };
}

/** The numbers of a one-dimensional uint16 array saved by NumPy (format 1.0). */
function readNpy(path: string): Uint16Array {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  return new Uint16Array(Uint8Array.from(file.subarray(start)).buffer);
}

function pseudoRandom(length: number, vocabSize: number): Uint16Array {
  let state = 1;
  const next = () => (state = Math.imul(state, 48_271) % 0x7fffffff);
  return Uint16Array.from({ length }, () => 4 + (Math.abs(next()) % (vocabSize - 4)));
}

const data = source();
const { info } = loadEngine();
const trainer = Trainer.create(model, training, data);
const losses: number[] = [];
const stepMs: number[] = [];
const startedMs = performance.now();
let warmMs = startedMs;
const enough = (): boolean =>
  given.steps
    ? stepMs.length >= Number(given.steps)
    : stepMs.length >= FEWEST_STEPS && performance.now() - warmMs >= 1_000 * Number(given.seconds);
let earlyRss = 0;
while (!enough()) {
  const beganMs = performance.now();
  const { step, lossNats } = trainer.trainStep();
  if (step <= 5) losses.push(lossNats);
  if (step > WARM_UP_STEPS) stepMs.push(performance.now() - beganMs);
  else warmMs = performance.now();
  if (step === 50) earlyRss = process.memoryUsage().rss;
}
stepMs.sort((a, b) => a - b);
const tokensPerStep = rows * windowTokens;
const perSecond = (ms: number) => Math.round((1_000 * tokensPerStep) / ms);
const median = stepMs[Math.floor(stepMs.length / 2)]!;
const parameters = parameterCount(model);
console.log(
  JSON.stringify({
    bench: 'train',
    model: given.model,
    batch: rows,
    seq: windowTokens,
    mode: given.precision,
    params: parameters,
    steps: stepMs.length,
    tok_s_median: perSecond(median),
    tok_s_best: perSecond(stepMs[0]!),
    gflops_median: Math.round((6 * parameters * tokensPerStep) / median / 1e6),
    ms_step_median: Math.round(100 * median) / 100,
    peak_rss_MB: Math.round(process.resourceUsage().maxRSS / 1024),
    rss_MB_at_step_50: Math.round(earlyRss / 2 ** 20),
    rss_MB_at_end: Math.round(process.memoryUsage().rss / 2 ** 20),
    losses,
    tensorflow: info.tensorflowVersion,
    device: info.deviceName,
    threads: info.threads,
    glibc_tunables: process.env['GLIBC_TUNABLES'] ?? '',
    load: os.loadavg()[0],
  }),
);
trainer.dispose();
