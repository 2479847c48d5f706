// Sweeps at size: laying out and submitting 500 runs, asking how they stand, gathering their scores, looking at them.
//
//   node bench/sweep.ts [--runs 500] [--gather 4 --classes 67 --pairs 1000 --checkpoints 20]
//   node bench/sweep.ts --only submit|gather|look
//   node bench/sweep.ts --workers 1,2 [--seeds 4]      runs an hour, nothing else should run beside it
//
// Submitting wants a Slurm (SLURM_CONF); without one it is said and the rest is measured.
// Targets: submit 500 runs in ≤ 5 s; gather ≥ 100 MB/s of scores on one core; look at 500 in ≤ 1 s.
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createLab } from '../src/main/lab/index.ts';
import { getCorpusSummary, getTokenizer } from '../src/main/lab/store/library.ts';
import { putCheckpoint } from '../src/main/lab/store/checkpoints.ts';
import { addRun, getRunConfig, getRunDetail, listMetrics } from '../src/main/lab/store/runs.ts';
import { writeScoreFile, writeTokenFile } from '../src/main/lab/store/score-file.ts';
import { beginScoring, classSummaries, finishScoring, listScored, listScorings, putClassSummary, type Scoring } from '../src/main/lab/store/scores.ts'; // prettier-ignore
import { transaction } from '../src/main/lab/store/sql.ts';
import { putGathered, putSweep } from '../src/main/lab/store/sweeps.ts';
import { targetKey } from '../src/main/lab/sweep/artefacts.ts';
import { hashOf } from '../src/main/lab/sweep/finish.ts';
import { shareSuite } from '../src/main/lab/sweep/library.ts';
import { attemptFolder, runFolderOf, writeJson, type Done, type Lease, type Progress, type RunSpec } from '../src/main/lab/sweep/run-folder.ts'; // prettier-ignore
import { trainingOf, type RunConfig } from '../src/shared/domain.ts';
import { makeProject } from '../test/fixtures/make-project.ts';
import { caller, openSweepLab, tinyPlan, until } from '../test/fixtures/sweep.ts';

const { values: asked } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    gather: { type: 'string', default: '4' },
    classes: { type: 'string', default: '67' },
    pairs: { type: 'string', default: '1000' },
    checkpoints: { type: 'string', default: '20' },
    only: { type: 'string' },
    workers: { type: 'string' },
    seeds: { type: 'string', default: '4' },
  },
});

console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`); // prettier-ignore
if (asked.workers !== undefined) await runsAnHour(asked.workers.split(',').map(Number));
else {
  const { only } = asked;
  if (only === undefined || only === 'submit') await submitting(Number(asked.runs));
  if (only === undefined || only === 'gather') await gathering(Number(asked.gather));
  if (only === undefined || only === 'look') await looking(Number(asked.runs));
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

/** What the sweep's page asks for, over so many gathered runs: their classes' figures are made up. */
async function looking(count: number): Promise<void> {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-bench-'));
  try {
    console.log('making figures …');
    const project = makeProject(path.join(folder, 'many'), { classes: Number(asked.classes), pairs: 5, checkpoints: Number(asked.checkpoints), runs: 1 }); // prettier-ignore
    const id = makeFigures(project, count);
    project.close();
    const lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    const call = caller(lab);
    await call('project.open', { path: path.join(folder, 'many') });
    const of = `of ${count} runs × ${asked.checkpoints} checkpoints × ${asked.classes} classes`;
    const say = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const times = [];
      for (let i = 0; i < 5; i++) times.push(await timed(work));
      const [first, ...again] = times;
      const middle = again.toSorted((a, b) => a.ms - b.ms)[1];
      if (first && middle) console.log(`${what}: ${seconds(first)}; again ${seconds(middle)}`);
    };
    await say(`findings ${of}`, () => call('sweeps.findings', { id }));
    let halfWidth = 0.02;
    await say('with another half-width', () => call('sweeps.findings', { id, halfWidth: (halfWidth += 0.001) })); // prettier-ignore
    let margin = 0;
    await say('with another rule', () => call('sweeps.findings', { id, rule: { margin: (margin += 0.01) } })); // prettier-ignore
    await say('curves over all classes', () => call('sweeps.curves', { id }));
    await say('curves of one class', () => call('sweeps.curves', { id, classId: 1 }));
    await say(`how ${count} runs stand`, () => call('sweeps.get', { id }));
    await lab.close();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A sweep of so many runs, two texts × two warm-ups × seeds, with the first run's figures of each class, shifted a little. */
function makeFigures(project: ReturnType<typeof makeProject>, count: number): number {
  const { db } = project;
  const config = getRunConfig(db, 1);
  const { engine } = getRunDetail(db, 1);
  const profileRow = listScored(db, 1)[0]?.profileId ?? 1;
  const scorings = listScorings(db, 1, 1, profileRow);
  const figures = scorings.map(({ id }) => classSummaries(db, id));
  const runs = Array.from({ length: count }, (_, n) => ({ key: n.toString(16).padStart(16, '0'), values: { corpus: n % 2 ? 'child' : 'wikipedia', warmupSteps: n % 4 < 2 ? 20 : 120, seed: n >> 2 } })); // prettier-ignore
  const plan = tinyPlan({ name: 'many', axes: { corpus: ['child', 'wikipedia'], warmupSteps: [20, 120], seed: [...new Set(runs.map(({ values }) => values.seed))] } }); // prettier-ignore
  const sweep = putSweep(db, plan, 'local', runs);
  for (const [n, { key }] of runs.entries()) {
    transaction(db, () => {
      const { id: runId } = addRun(db, { name: key, config: { ...config, ...(config.training && { training: { ...config.training, seed: n } }) }, engine, parameters: 1 }); // prettier-ignore
      for (const [c, { step, tokensSeen, wordsSeen, encodingId }] of scorings.entries()) {
        const checkpointId = putCheckpoint(db, runId, { step, tokensSeen, wordsSeen, heldOutNatsPerToken: null, savedAtMs: 0, hasWeights: false, hasOptimizer: false }); // prettier-ignore
        const scoringId = beginScoring(db, { checkpointId, suiteId: 1, profileId: profileRow, encodingId }); // prettier-ignore
        for (const { classId, meanDelta, sdDelta } of figures[c] ?? []) {
          const shifted = meanDelta + 0.2 * Math.sin(31 * n + 7 * classId + c);
          const right = Math.round(1_000 / (1 + Math.exp(-shifted)));
          putClassSummary(db, scoringId, classId, { pairs: 1_000, right, ties: 0, meanDelta: shifted, meanDeltaLow: shifted - 0.1, meanDeltaHigh: shifted + 0.1, sdDelta }); // prettier-ignore
        }
        finishScoring(db, scoringId);
      }
      putGathered(db, key, { runId, manifestSha256: key });
    });
    layMade(path.join(project.folder, 'runs'), key, config, engine, scorings);
  }
  return sweep.id;
}

/** A finished run's folder, but for its scores. */
function layMade(
  runs: string,
  key: string,
  config: RunConfig,
  engine: Done['engine'],
  scorings: readonly Scoring[],
): void {
  const at = attemptFolder(runFolderOf(runs, key), 1);
  fs.mkdirSync(at, { recursive: true });
  const checkpoints = scorings.map(({ step, tokensSeen, wordsSeen }) => ({ step, tokensSeen, wordsSeen, heldOutNatsPerToken: null, savedAtMs: 0, weights: null, scores: [`1/step-${step}.00000000.scores`] })); // prettier-ignore
  const progress: Progress = { state: 'finished', stage: 'finished', step: 3_000, tokensSeen: 0, wordsSeen: 0, lossNats: 3, tokensPerSecond: null, elapsedMs: 0, remainingMs: 0, checkpoints: scorings.length, scored: scorings.length }; // prettier-ignore
  const files = Object.fromEntries(checkpoints.flatMap(({ scores }) => scores).map((file) => [file, { bytes: 8_000_000, sha256: '0'.repeat(64) }])); // prettier-ignore
  writeJson(path.join(at, '../run.json'), { format: 1, key, name: key, preset: 'nano', model: config.model, training: trainingOf(config), corpus: { name: 'made up', source: 'embedded', contentHash: 'made up', files: [], lines: 1, words: 1, bytes: 1 }, tokenizer: null, targets: [], keepWeights: 'none' } satisfies RunSpec); // prettier-ignore
  writeJson(path.join(at, 'lease.json'), { host: 'n1', pid: 1, job: null, restart: 0, startedAtMs: 0, fromStep: null } satisfies Lease); // prettier-ignore
  writeJson(path.join(at, 'progress.json'), progress);
  writeJson(path.join(at, 'done.json'), { format: 1, engine, model: config.model, progress, tokenizer: '1/tokenizer.json', metrics: [], tokens: [], checkpoints, files } satisfies Done); // prettier-ignore
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
