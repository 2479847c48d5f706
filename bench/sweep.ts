// Sweeps at size: laying out and submitting 500 runs, asking how they stand, gathering their scores.
//
//   node bench/sweep.ts [--runs 500] [--gather 4 --classes 67 --pairs 1000 --checkpoints 20]
//   node bench/sweep.ts --workers 1,2 [--seeds 4]      runs an hour, nothing else should run beside it
//
// Submitting wants a Slurm (SLURM_CONF); without one it is said and the rest is measured.
// Targets: submit 500 runs in ≤ 5 s; gather ≥ 100 MB/s of scores on one core.
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createLab } from '../src/main/lab/index.ts';
import { getCorpusSummary, getTokenizer } from '../src/main/lab/store/library.ts';
import { getRunConfig, getRunDetail, listMetrics } from '../src/main/lab/store/runs.ts';
import { writeScoreFile, writeTokenFile } from '../src/main/lab/store/score-file.ts';
import { listScorings } from '../src/main/lab/store/scores.ts';
import { targetKey } from '../src/main/lab/sweep/artefacts.ts';
import { hashOf } from '../src/main/lab/sweep/finish.ts';
import { shareSuite } from '../src/main/lab/sweep/library.ts';
import { attemptFolder, runFolderOf, writeJson, type Done, type Progress, type RunSpec } from '../src/main/lab/sweep/run-folder.ts'; // prettier-ignore
import { trainingOf } from '../src/shared/domain.ts';
import { makeProject } from '../test/fixtures/make-project.ts';
import { caller, openSweepLab, tinyPlan, until } from '../test/fixtures/sweep.ts';

const { values: asked } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    gather: { type: 'string', default: '4' },
    classes: { type: 'string', default: '67' },
    pairs: { type: 'string', default: '1000' },
    checkpoints: { type: 'string', default: '20' },
    workers: { type: 'string' },
    seeds: { type: 'string', default: '4' },
  },
});

console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`); // prettier-ignore
if (asked.workers !== undefined) await runsAnHour(asked.workers.split(',').map(Number));
else {
  await submitting(Number(asked.runs));
  await gathering(Number(asked.gather));
}

/** Wall-clock and processor time (of this process) of some work, ms. */
async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number; cpuMs: number }> {
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
}

function seconds({ ms, cpuMs }: { ms: number; cpuMs: number }): string {
  return `${(ms / 1_000).toFixed(2)} s (${(cpuMs / 1_000).toFixed(2)} s of one core)`;
}

async function submitting(count: number): Promise<void> {
  const lab = await openSweepLab();
  try {
    const axes = { seed: Array.from({ length: count }, (_, i) => i + 1) };
    // Held, so that none begins: the work itself is not what is measured.
    const plan = tinyPlan({ name: 'bench', axes, resources: { warnSeconds: 60, before: [], options: ['--hold'] } }); // prettier-ignore
    const hasSlurm = process.env['SLURM_CONF'] !== undefined;
    if (!hasSlurm) return console.log(`submit ${count} runs: not measured, there is no Slurm (SLURM_CONF)`); // prettier-ignore
    const started = await timed(() => lab.call('sweeps.start', { plan, place: 'slurm' }));
    console.log(`submit ${count} runs: ${seconds(started)}; target 5 s`);
    const again = await timed(() => lab.call('sweeps.get', { id: started.result.id }));
    console.log(`ask how ${count} runs stand: ${seconds(again)}`);
    await lab.call('sweeps.cancel', { id: started.result.id });
  } finally {
    await lab.close();
    fs.rmSync(lab.folder, { recursive: true, force: true });
  }
}

/** Run folders as finished runs leave them, with the scores of a made-up project; then they are gathered. */
async function gathering(count: number): Promise<void> {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-bench-'));
  const size = { classes: Number(asked.classes), pairs: Number(asked.pairs), checkpoints: Number(asked.checkpoints), runs: 1 }; // prettier-ignore
  try {
    console.log('making runs …');
    const runs = layFinished(folder, size, count);
    const lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    const call = caller(lab);
    await call('project.create', { path: path.join(folder, 'gathered') });
    // The first brings the suite along, its sentences and their index, once for all.
    const first = await timed(() => call('gather', { paths: [runFolderOf(runs, '0'.repeat(16))] }));
    console.log(`gather the first run, and with it its suite: ${seconds(first)}`);
    const gathered = await timed(() => call('gather', { paths: [runs] }));
    const { added, scores, bytes, refused } = gathered.result;
    if (added !== count - 1)
      throw new Error(`Gathered ${added} of ${count - 1}: ${refused[0]?.message}`);
    console.log(`gather ${added} runs × ${size.checkpoints} checkpoints, ${scores.toLocaleString('en')} pairs, ${Math.round(bytes / 1e6)} MB: ${seconds(gathered)}, ${(bytes / 1e3 / gathered.cpuMs).toFixed(0)} MB/s of one core (${(bytes / 1e3 / gathered.ms).toFixed(0)} MB/s by the clock); target 100`); // prettier-ignore
    const again = await timed(() => call('gather', { paths: [runs] }));
    console.log(`gather them again: ${seconds(again)}`);
    await lab.close();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** One run laid out from the made-up project, the others the same under another key. */
function layFinished(
  folder: string,
  size: Parameters<typeof makeProject>[1],
  count: number,
): string {
  // prettier-ignore
  const project = makeProject(path.join(folder, 'source'), size);
  const { db } = project;
  const runs = path.join(folder, 'runs');
  const keys = Array.from({ length: count }, (_, n) => String(n).padStart(16, '0'));
  const [first = '', ...others] = keys.map((key) => runFolderOf(runs, key));
  const config = getRunConfig(db, 1);
  const target = { suite: shareSuite(db, runs, 1), profile: config.scoring.profile, pairsPerClass: null }; // prettier-ignore
  const spec = (key: string): RunSpec => ({ format: 1, key, name: `made up ${key}`, preset: 'nano', model: config.model, training: trainingOf(config), corpus: getCorpusSummary(db, 1), tokenizer: null, targets: [target], keepWeights: 'none' }); // prettier-ignore
  const at = attemptFolder(first, 1);
  fs.mkdirSync(at, { recursive: true });
  const put = (name: string, make: (file: string) => void): string => {
    make(path.join(at, name));
    return `1/${name}`;
  };
  const progress: Progress = { state: 'finished', stage: 'finished', step: 3_000, tokensSeen: 0, wordsSeen: 0, lossNats: 3, tokensPerSecond: null, elapsedMs: 0, remainingMs: 0, checkpoints: size.checkpoints, scored: size.checkpoints }; // prettier-ignore
  const scorings = listScorings(db, 1, 1, 1);
  const key = targetKey(target);
  const done: Done = {
    format: 1,
    engine: getRunDetail(db, 1).engine,
    model: config.model,
    progress,
    tokenizer: put('tokenizer.json', (file) => fs.writeFileSync(file, getTokenizer(db, 1).json)),
    metrics: [{ file: put('metrics.jsonl', (file) => fs.writeFileSync(file, listMetrics(db, 1, 1e6).map((point) => `${JSON.stringify(point)}\n`).join(''))), untilStep: 3_000 }], // prettier-ignore
    tokens: [put(`tokens.${key}.db`, (file) => writeTokenFile(db, scorings[0]?.id ?? 1, file))],
    checkpoints: scorings.map(({ id, step, tokensSeen, wordsSeen }) => ({ step, tokensSeen, wordsSeen, heldOutNatsPerToken: null, savedAtMs: 0, weights: null, scores: [put(`step-${step}.${key}.scores`, (file) => writeScoreFile(db, id, file))] })), // prettier-ignore
    files: {},
  };
  const files = [done.tokenizer, ...done.metrics.map(({ file }) => file), ...done.tokens, ...done.checkpoints.flatMap(({ scores }) => scores)]; // prettier-ignore
  done.files = Object.fromEntries(files.map((file) => [file, hashOf(path.join(first, file))]));
  writeJson(path.join(at, 'progress.json'), progress);
  writeJson(path.join(at, 'done.json'), done);
  for (const other of others) fs.cpSync(first, other, { recursive: true });
  for (const one of keys) writeJson(path.join(runFolderOf(runs, one), 'run.json'), spec(one));
  project.close();
  return runs;
}

/** How many runs an hour so many processes at a time make of a small model. */
async function runsAnHour(workers: readonly number[]): Promise<void> {
  const lab = await openSweepLab(3_000);
  try {
    for (const [n, count] of workers.entries()) {
      const seed = Array.from({ length: Number(asked.seeds) }, (_, i) => 1_000 * (n + 1) + i);
      const plan = tinyPlan({ name: `${count} workers`, axes: { seed }, set: { layers: 2, hiddenSize: 128, ffnSize: 512, heads: 4, windowTokens: 64, batchWindows: 32, totalSteps: 200, checkpoints: 'every:100' } }); // prettier-ignore
      const ran = await timed(async () => {
        const { id } = await lab.call('sweeps.start', { plan, place: 'local', workers: count });
        await until(lab, id, ({ state }) => state !== 'running', 3_600);
      });
      console.log(`${count} at a time: ${((3_600_000 * seed.length) / ran.ms).toFixed(0)} runs an hour (load ${loadavg()[0]?.toFixed(1)})`); // prettier-ignore
    }
  } finally {
    await lab.close();
    fs.rmSync(lab.folder, { recursive: true, force: true });
  }
}
