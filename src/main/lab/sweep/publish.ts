// What a process lays into its folder of a run: every file whole or not at all, and only while the run is its own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunRow } from '../../../shared/domain.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { getTokenizer } from '../store/library.ts';
import { listMetrics, runTokenizerId } from '../store/runs.ts';
import { finishedScoring, writeScoreFile, writeTokenFile } from '../store/score-file.ts';
import type { Artefacts } from './artefacts.ts';
import type { Held } from './lease.ts';
import { writeJson, writeWhole, type Progress, type RunSpec, type SavedCheckpoint } from './run-folder.ts'; // prettier-ignore
import type { Scratch } from './scratch.ts';
import { shareTrained } from './library.ts';

/** Every metric, however many there are. */
const allPoints = Number.MAX_SAFE_INTEGER;

export class Publisher {
  private readonly spec: RunSpec;
  private readonly runs: string;
  private readonly held: Held;
  private readonly scratch: Scratch;
  /** Targets that are scored, by step of the checkpoints that are there. */
  private readonly scored: Map<number, Set<string>>;
  private readonly tokens: Set<string>;
  private metricsStep = 0;
  private hasTokenizer = false;

  constructor(
    args: { spec: RunSpec; runs: string; held: Held; scratch: Scratch },
    { checkpoints, tokens }: Artefacts,
  ) {
    this.spec = args.spec;
    this.runs = args.runs;
    this.held = args.held;
    this.scratch = args.scratch;
    this.scored = new Map([...checkpoints].map(([step, { scores }]) => [step, new Set(scores.keys())])); // prettier-ignore
    this.tokens = new Set(tokens.keys());
  }

  /** Lays out whatever of the run is new. */
  all(): void {
    if (!this.held.isMine()) return;
    const { db } = this.scratch.project;
    const { runId } = this.scratch;
    this.tokenizer();
    for (const { step, tokensSeen, wordsSeen, heldOutNatsPerToken, savedAtMs } of listCheckpoints(
      db,
      runId,
    )) {
      // prettier-ignore
      if (!this.scored.has(step)) {
        this.metrics();
        const saved: SavedCheckpoint = { step, tokensSeen, wordsSeen, heldOutNatsPerToken, savedAtMs }; // prettier-ignore
        writeJson(path.join(this.held.folder, `step-${step}.json`), saved);
        this.scored.set(step, new Set());
      }
      this.scores(step);
    }
  }

  /** Lines for the steps that have none yet. */
  metrics(): void {
    const { project, runId } = this.scratch;
    const points = listMetrics(project.db, runId, allPoints).filter(({ step }) => step > this.metricsStep); // prettier-ignore
    const last = points.at(-1);
    if (!last) return;
    fs.appendFileSync(path.join(this.held.folder, 'metrics.jsonl'), points.map((point) => `${JSON.stringify(point)}\n`).join('')); // prettier-ignore
    this.metricsStep = last.step;
  }

  progress(state: Progress['state'], run: RunRow | null, stage = run?.stage ?? ''): void {
    const { step = 0, tokensSeen = 0, wordsSeen = 0, lossNats = null, tokensPerSecond = null, elapsedMs = 0, remainingMs = null } = run ?? {}; // prettier-ignore
    const scored = [...this.scored.values()].filter((keys) => this.isThrough(keys)).length;
    const progress: Progress = { state, stage, step, tokensSeen, wordsSeen, lossNats, tokensPerSecond, elapsedMs, remainingMs, checkpoints: this.scored.size, scored }; // prettier-ignore
    writeJson(path.join(this.held.folder, 'progress.json'), progress);
  }

  private tokenizer(): void {
    if (this.hasTokenizer) return;
    const { project, runId } = this.scratch;
    const id = runTokenizerId(project.db, runId);
    if (id === null) return;
    const { json } = getTokenizer(project.db, id);
    writeWhole(path.join(this.held.folder, 'tokenizer.json'), json);
    if (this.spec.tokenizer === null) shareTrained(this.runs, this.spec, json);
    this.hasTokenizer = true;
  }

  private scores(step: number): void {
    const { project, runId, targets } = this.scratch;
    const have = this.scored.get(step) ?? new Set();
    for (const { key, ...keys } of targets) {
      if (have.has(key)) continue;
      const scoringId = finishedScoring(project.db, runId, { step, ...keys });
      if (scoringId === undefined) continue;
      if (!this.tokens.has(key)) {
        this.lay(`tokens.${key}.db`, (file) => writeTokenFile(project.db, scoringId, file));
        this.tokens.add(key);
      }
      this.lay(`step-${step}.${key}.scores`, (file) => writeScoreFile(project.db, scoringId, file)); // prettier-ignore
      have.add(key);
      if (this.isThrough(have)) this.dropWeightsBefore(step);
    }
  }

  /** Makes a file on this machine and moves it over whole. */
  private lay(name: string, make: (file: string) => void): void {
    const made = path.join(os.tmpdir(), `gardenpath-${process.pid}-${name}`);
    const target = path.join(this.held.folder, name);
    try {
      make(made);
      fs.copyFileSync(made, `${target}.unfinished`);
      fs.renameSync(`${target}.unfinished`, target);
    } finally {
      fs.rmSync(made, { force: true });
    }
  }

  /** A checkpoint that is scored, with a later one to go on from, has done its work. */
  private dropWeightsBefore(step: number): void {
    if (this.spec.keepWeights === 'all') return;
    for (const [earlier, keys] of this.scored) {
      const weights = path.join(this.held.folder, 'checkpoints', `step-${earlier}`);
      if (earlier >= step || !this.isThrough(keys) || !fs.existsSync(weights)) continue;
      fs.rmSync(fs.realpathSync(weights), { recursive: true });
      fs.rmSync(weights, { recursive: true, force: true }); // a link to an earlier process's
    }
  }

  private isThrough(keys: ReadonlySet<string>): boolean {
    return this.scratch.targets.every(({ key }) => keys.has(key));
  }
}
