// The window as a person meets it, in real Electron, on a project of BLiMP's size: from the start to the
// atlas, to a class and to a pair, the frames while the cursor moves; then the same while a model trains.
//
//   npm run bench -- window [--project FOLDER] [--classes 67 --pairs 1000 --checkpoints 60 --runs 3] [--calls 20]
//
// Without --project one is made in a temporary folder (some 2 GB, minutes) and deleted afterwards.
// Targets: start ≤ 2 s; a class or a pair ≤ 150 ms; ≥ 50 frames a second; twice that, or half, while training.
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/main/lab/analysis/intervals.ts';
import type { CorpusInfo, Preset, RunConfig, RunRow } from '../src/shared/domain.ts';
import { profiles, type Profile } from '../src/shared/domain.ts';
import { canSandbox } from '../test/e2e/app.ts';
import { value } from '../test/e2e/bridge.ts';
import { findElectron, root } from '../test/e2e/electron.ts';
import { frameRate } from '../test/e2e/frame-rate.ts';
import { makeProject } from '../test/fixtures/make-project.ts';

const { values: asked } = parseArgs({
  options: {
    project: { type: 'string' },
    classes: { type: 'string', default: '67' },
    pairs: { type: 'string', default: '1000' },
    checkpoints: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    calls: { type: 'string', default: '20' },
  },
});
const calls = Number(asked.calls);
const starts = 5;
const targets = { startMs: 2_000, openMs: 150, framesPerSecond: 50 };

const atlasRow = '[role=grid][aria-label=Classes] [role=row][id]';
const classPage = ['[role=grid][aria-label=Pairs] [role=row][id]', 'figure svg[role=img]'];
const pairPage = ['section[aria-label^="Surprisal of each"] .ink'];

const scratch = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-bench-'));
const folder = asked.project ?? path.join(scratch, 'project');
let missed = 0;
try {
  if (asked.project === undefined) {
    console.log('making the project …');
    makeProject(folder, { classes: Number(asked.classes), pairs: Number(asked.pairs), checkpoints: Number(asked.checkpoints), runs: Number(asked.runs) }).close(); // prettier-ignore
  }
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Electron ${findElectron()?.version ?? 'missing'}`); // prettier-ignore
  await measureAll();
  console.log(missed ? `${missed} figures miss their targets` : 'all are within their targets');
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

async function measureAll(): Promise<void> {
  console.log(`${''.padEnd(44)}${['median', 'p95', 'target'].map((h) => h.padStart(10)).join('')}`);
  const startMs: number[] = [];
  for (let i = 1; i < starts; i++) {
    const { app, ms } = await start();
    startMs.push(ms);
    await app.close();
  }
  const { app, page, ms } = await start();
  say('start to the atlas, ms', [...startMs, ms], targets.startMs);
  await measureWindow(page, '', 1);
  const training = await train(page);
  await measureWindow(page, ' while a model trains', 2);
  await value(page, 'runs.cancel', { runId: training });
  await value(page, 'runs.delete', { runId: training, what: 'run' });
  await app.close();
}

/** Starts the app on the project, Playwright attached; `ms` until its atlas shows classes. */
async function start(): Promise<{ app: ElectronApplication; page: Page; ms: number }> {
  const from = performance.now();
  const app = await _electron.launch({
    args: [`--user-data-dir=${path.join(scratch, 'user-data')}`, root, folder],
    chromiumSandbox: canSandbox(),
    cwd: root,
  });
  const page = await app.firstWindow();
  await page.waitForSelector(atlasRow);
  return { app, page, ms: performance.now() - from };
}

async function measureWindow(page: Page, when: string, slack: number): Promise<void> {
  const classMs: number[] = [];
  const pairMs: number[] = [];
  for (let i = 0; i < calls; i++) {
    await page.keyboard.press('j');
    classMs.push(await opens(page, classPage));
    await page.keyboard.press('j');
    pairMs.push(await opens(page, pairPage));
    if (i === 0) await scrub(page, `scrubbing a pair${when}`, slack);
    await page.keyboard.press('Escape');
    await page.waitForSelector(classPage[0] ?? '');
    if (i === 0) await scrub(page, `scrubbing a class${when}`, slack);
    await page.keyboard.press('Escape');
    await page.waitForSelector(atlasRow);
  }
  say(`opening a class${when}, ms`, classMs, targets.openMs * slack);
  say(`opening a pair${when}, ms`, pairMs, targets.openMs * slack);
  await scrub(page, `scrubbing the heatmap${when}`, slack);
  await page.keyboard.press('v');
  await scrub(page, `scrubbing the grid${when}`, slack);
  await page.keyboard.press('v');
  await page.waitForSelector(atlasRow);
}

/** Presses Enter in the window; milliseconds until all of `parts` are there and painted. */
function opens(page: Page, parts: string[]): Promise<number> {
  return page.evaluate(
    (parts) =>
      new Promise<number>((resolve) => {
        const from = performance.now();
        const key = new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true });
        (document.activeElement ?? document.body).dispatchEvent(key);
        const look = (): void => {
          if (parts.every((part) => document.querySelector(part)))
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
          else requestAnimationFrame(look);
        };
        look();
      }),
    parts,
  );
}

async function scrub(page: Page, what: string, slack: number): Promise<void> {
  const atRest = await frameRate(page, false);
  const moving = await frameRate(page, true);
  const target = targets.framesPerSecond / slack;
  const fine = moving.perSecond >= target;
  if (!fine) missed++;
  console.log(`${`${what}, frames a second`.padEnd(44)}${moving.perSecond.toFixed(0).padStart(10)}${''.padStart(10)}${String(target).padStart(10)}  at rest ${atRest.perSecond.toFixed(0)}${fine ? '' : '  ← misses its target'}`); // prettier-ignore
}

function say(what: string, times: readonly number[], targetMs: number): void {
  const sorted = Float64Array.from(times).sort();
  const p95 = quantile(sorted, 0.95);
  if (p95 > targetMs) missed++;
  console.log(`${what.padEnd(44)}${[quantile(sorted, 0.5), p95, targetMs].map((ms) => ms.toFixed(0).padStart(10)).join('')}${p95 > targetMs ? '  ← misses its target' : ''}`); // prettier-ignore
}

/** Trains the default small model on the built-in text, well under way when this returns its run. */
async function train(page: Page): Promise<number> {
  const corpus = await value<CorpusInfo>(page, 'corpora.addEmbedded');
  const [preset] = await value<Preset[]>(page, 'presets.list');
  if (!preset) throw new Error('There is no preset.');
  const config: RunConfig = {
    preset: preset.name,
    corpusId: corpus.id,
    tokenizerId: null,
    model: preset.model,
    training: { ...preset.training, totalSteps: 100_000, checkpoints: 'every:100000' },
    scoring: { suiteIds: [], profile: profiles['gardenpath'] as Profile, pairsPerClass: null },
  };
  const { id } = await value<RunRow>(page, 'runs.start', { name: 'benchmark', config });
  for (;;) {
    const run = await value<RunRow>(page, 'runs.get', { runId: id });
    if (run.step > 20) return id;
    if (run.state === 'failed') throw new Error('The training that should run beside failed.');
    await page.waitForTimeout(500);
  }
}
