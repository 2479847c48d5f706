// Every query behind a view, on a project of BLiMP's size: how long a call takes from the lab's door
// and back (parameters checked, nothing sent between processes). Prints a table.
//
//   node bench/store.ts [--project FOLDER] [--classes 67 --pairs 1000 --checkpoints 60 --runs 3] [--calls 200]
//
// Without --project one is made in a temporary folder (some 2 GB, minutes) and deleted afterwards.
// Targets: p95 ≤ 50 ms, none over 200 ms; ≤ 16 MB in the project file for each scored checkpoint.
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/main/lab/analysis/intervals.ts';
import { seededUint32 } from '../src/main/lab/analysis/random.ts';
import { createLab } from '../src/main/lab/index.ts';
import type { labServes, Params, Result } from '../src/shared/api.ts';
import { AppError } from '../src/shared/errors.ts';
import { makeProject } from '../test/fixtures/make-project.ts';

const targetP95Ms = 50;
const targetMaxMs = 200;
const targetCheckpointMb = 16;

const { values: asked } = parseArgs({
  options: {
    project: { type: 'string' },
    classes: { type: 'string', default: '67' },
    pairs: { type: 'string', default: '1000' },
    checkpoints: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    calls: { type: 'string', default: '200' },
  },
});

const temporary = asked.project === undefined ? fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-bench-')) : null; // prettier-ignore
const folder = asked.project ?? path.join(temporary ?? '', 'project');
const lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
try {
  if (temporary !== null) {
    console.log('making the project …');
    makeProject(folder, { classes: Number(asked.classes), pairs: Number(asked.pairs), checkpoints: Number(asked.checkpoints), runs: Number(asked.runs) }).close(); // prettier-ignore
  }
  await measureAll();
} finally {
  await lab.close();
  if (temporary !== null) fs.rmSync(temporary, { recursive: true, force: true });
}

type Serves = typeof labServes;

async function call<N extends keyof Serves>(
  name: N,
  params: Params<Serves, N>,
): Promise<Result<Serves, N>> {
  // prettier-ignore
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
  return reply.value as Result<Serves, N>;
}

async function measureAll(): Promise<void> {
  const openedIn = await timed(() => call('project.open', { path: folder }));
  const runs = await call('runs.list', {});
  const { classes } = await call('classes.list', {});
  const { steps } = await call('classes.trajectories', {});
  const next = seededUint32(1);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  const at = () => ({ runId: pick(runs).id, step: pick(steps) });
  const classId = () => pick(classes).classId;
  const sorts = ['delta', '-delta', 'pairId', 'good', 'bad', '-flips', 'firstWrong', '-length'] as const; // prettier-ignore
  const words = ['dog', 'cat runs', '"near every"', 'th', 'the dog near', 's', 'museum river lamp', 'nowhere']; // prettier-ignore
  const pairRowId = async () => {
    const one = classId();
    const { rows } = await call('pairs.page', { runId: 1, classId: one, limit: 1, offset: next() % 1_000 }); // prettier-ignore
    return rows[0]?.pairRowId ?? 1;
  };
  for (const { classId: judged } of classes) {
    const verdict = pick(['meaningful', 'not-meaningful', 'unsure'] as const);
    for (const annotator of ['ann', 'bob'])
      await call('judgements.set', { classId: judged, verdict, reason: 'benchmark', annotator });
  }

  /** A query that needs nothing looked up before it is timed. */
  const once = (query: () => Promise<unknown>) => () => Promise.resolve(query);
  const queries: [string, () => Promise<() => Promise<unknown>>][] = [
    ['runs.list', once(() => call('runs.list', {}))],
    ['runs.get', once(() => call('runs.get', { runId: pick(runs).id }))],
    ['runs.metrics', once(() => call('runs.metrics', { runId: pick(runs).id }))],
    ['checkpoints.list', once(() => call('checkpoints.list', { runId: pick(runs).id }))],
    ['suites.classes', once(() => call('suites.classes', { suiteId: 1 }))],
    ['classes.list', once(() => call('classes.list', at()))],
    ['classes.trajectories', once(() => call('classes.trajectories', { runId: pick(runs).id }))], // prettier-ignore
    ['classes.trajectory', once(() => call('classes.trajectory', { runId: pick(runs).id, classId: classId() }))], // prettier-ignore
    ['classes.distribution', once(() => call('classes.distribution', { ...at(), classId: classId() }))], // prettier-ignore
    ['pairs.page', once(() => call('pairs.page', { ...at(), classId: classId(), sort: pick(sorts) }))], // prettier-ignore
    ['pairs.page, all 1,000', once(() => call('pairs.page', { ...at(), classId: classId(), limit: 5_000 }))], // prettier-ignore
    ['pairs.page, text', once(() => call('pairs.page', { ...at(), classId: classId(), text: 'dog', outcome: 'wrong' }))], // prettier-ignore
    ['pairs.tokens, 100 pairs', async () => {
      const where = { ...at(), classId: classId() };
      const { rows } = await call('pairs.page', where);
      return () => call('pairs.tokens', { ...where, pairRowIds: rows.map((row) => row.pairRowId) });
    }],
    ['pairs.get', async () => {
      const id = await pairRowId();
      return () => call('pairs.get', { runId: pick(runs).id, pairRowId: id });
    }],
    ['search.sentences', once(() => call('search.sentences', { text: pick(words) }))],
    ['compare.classes', once(() => call('compare.classes', { a: at(), b: at() }))],
    ['agreement.get', once(() => call('agreement.get', { suiteId: 1 }))],
    ['annotators.list', once(() => call('annotators.list', {}))],
    ['views.list', once(() => call('views.list', {}))],
    ['annotations.history', once(() => call('annotations.history', {}))],
    ['judgements.set', once(() => call('judgements.set', { classId: classId(), verdict: 'unsure', annotator: 'ann' }))], // prettier-ignore
  ]; // prettier-ignore

  console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`); // prettier-ignore
  console.log(`${classes.length} classes, ${classes.reduce((sum, c) => sum + c.pairs, 0)} pairs, ${runs.length} runs of ${steps.length} checkpoints; opened in ${openedIn.toFixed(0)} ms`); // prettier-ignore
  console.log(
    `${'query'.padEnd(26)}${['median', 'p95', 'max'].map((h) => h.padStart(9)).join('')}  ms`,
  );
  let missed = 0;
  for (const [name, prepare] of queries) {
    const times = new Float64Array(Number(asked.calls));
    for (let i = 0; i < times.length; i++) times[i] = await timed(await prepare());
    times.sort();
    const [p95, max] = [quantile(times, 0.95), quantile(times, 1)];
    const fine = p95 <= targetP95Ms && max <= targetMaxMs;
    if (!fine) missed++;
    const numbers = [quantile(times, 0.5), p95, max]
      .map((ms) => ms.toFixed(1).padStart(9))
      .join('');
    console.log(`${name.padEnd(26)}${numbers}${fine ? '' : '  ← misses its target'}`);
  }
  const megabytes = fs.statSync(path.join(folder, 'project.sqlite')).size / 1e6;
  const scored = runs.reduce((sum, run) => sum + run.checkpoints, 0);
  console.log(`project file: ${(megabytes / scored).toFixed(1)} MB a scored checkpoint (target ${targetCheckpointMb}), ${megabytes.toFixed(0)} MB in all`); // prettier-ignore
  console.log(missed ? `${missed} of ${queries.length} queries miss p95 ≤ ${targetP95Ms} ms or max ≤ ${targetMaxMs} ms` : 'all queries are within their targets'); // prettier-ignore
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
