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
import { createLab } from '../src/main/lab/index.ts';
import { makeProject } from '../test/fixtures/make-project.ts';
import { callOf, measure, timed, viewQueries } from './queries.ts';

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
const call = callOf(lab);
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

async function measureAll(): Promise<void> {
  const openedIn = await timed(() => call('project.open', { path: folder }));
  const queries = await viewQueries(call);
  const runs = await call('runs.list', {});
  const { classes } = await call('classes.list', {});

  console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`); // prettier-ignore
  console.log(`${classes.length} classes, ${classes.reduce((sum, c) => sum + c.pairs, 0)} pairs, ${runs.length} runs of ${runs[0]?.checkpoints} checkpoints; opened in ${openedIn.toFixed(0)} ms`); // prettier-ignore
  console.log(
    `${'query'.padEnd(26)}${['median', 'p95', 'max'].map((h) => h.padStart(9)).join('')}  ms`,
  );
  let missed = 0;
  for (const query of queries) {
    const { median, p95, max } = await measure(query, Number(asked.calls));
    const fine = p95 <= targetP95Ms && max <= targetMaxMs;
    if (!fine) missed++;
    const numbers = [median, p95, max].map((ms) => ms.toFixed(1).padStart(9)).join('');
    console.log(`${query[0].padEnd(26)}${numbers}${fine ? '' : '  ← misses its target'}`);
  }
  const megabytes = fs.statSync(path.join(folder, 'project.sqlite')).size / 1e6;
  const scored = runs.reduce((sum, run) => sum + run.checkpoints, 0);
  console.log(`project file: ${(megabytes / scored).toFixed(1)} MB a scored checkpoint (target ${targetCheckpointMb}), ${megabytes.toFixed(0)} MB in all`); // prettier-ignore
  console.log(missed ? `${missed} of ${queries.length} queries miss p95 ≤ ${targetP95Ms} ms or max ≤ ${targetMaxMs} ms` : 'all queries are within their targets'); // prettier-ignore
}
