// One run carried out: prepare, then train from checkpoint to checkpoint, scoring each. Whatever is
// stored already is not done again, so starting, resuming, extending and scoring anew are one path.
import { createHash } from 'node:crypto';
import { trainingOf, type RunConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Emit } from '../../../shared/events.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { parameterCount } from '../model/index.ts';
import { getCheckpoint, putCheckpoint } from '../store/checkpoints.ts';
import { addTokenizer, getCorpusSummary, getProfile, getTokenizer } from '../store/library.ts';
import { getPair } from '../store/pairs.ts';
import { checkpointFolder, type Project } from '../store/project.ts';
import {
  addMetrics,
  dropMetricsAfter,
  getRun,
  getRunConfig,
  isScoresOnly,
  runTokenizerId,
  setProgress,
  setRunConfig,
  type RunProgress,
} from '../store/runs.ts';
import {
  beginScoring,
  encodingId,
  finishScoring,
  putPairTokens,
  type PairTokens,
} from '../store/scores.ts';
import { transaction } from '../store/sql.ts';
import { pausedAt, resumeFolder, tidy } from './files.ts';
import type { Notice, PlannedTokens, Position } from './trainer/messages.ts';
import { Pace } from './pace.ts';
import { recordClassScores } from './record.ts';
import { missingScores, pairsPerCheckpoint, type ScoringWork } from './targets.ts';
import type { TrainerThread } from './trainer/thread.ts';

export interface JobContext {
  project: Project;
  thread: TrainerThread;
  /** Tokenised corpora, shared by all projects. */
  cacheDir: string;
  emit: Emit;
}

/** The work was stopped on request; nothing is wrong. */
export class Stopped extends Error {}

export class RunWork {
  private readonly ctx: JobContext;
  private readonly runId: number;
  private readonly originMs: number;
  private readonly pace = new Pace();
  private readonly planned = new Set<string>();
  private config: RunConfig;
  /** Of the open trainer; null while none is open. */
  private position: Position | null = null;
  private gridSteps: number[] = [];
  private pairsLeftHere = 0;

  constructor(ctx: JobContext, runId: number) {
    this.ctx = ctx;
    this.runId = runId;
    this.config = getRunConfig(ctx.project.db, runId);
    this.originMs = Date.now() - getRun(ctx.project.db, runId).elapsedMs;
  }

  /** @throws Stopped, or the AppError that ended the work */
  async carryOut(): Promise<void> {
    const { project } = this.ctx;
    const trains = !isScoresOnly(project.db, this.runId) && !this.trainedThrough();
    if (trains) await this.openTrainer();
    if (this.position?.step === 0 && !getCheckpoint(project.db, this.runId, 0))
      await this.saveCheckpoint();
    await this.scoreWhatIsMissing();
    while (this.position && this.position.step < trainingOf(this.config).totalSteps) {
      await this.trainOn();
      await this.saveCheckpoint();
      await this.scoreWhatIsMissing();
    }
  }

  /** Keeps the steps trained since the last checkpoint, so that a pause loses nothing. */
  async keep(): Promise<void> {
    const { project, thread } = this.ctx;
    if (!this.position || getCheckpoint(project.db, this.runId, this.position.step)) return;
    await thread.call('save', { folder: pausedAt(project, this.runId, this.position.step) });
  }

  private trainedThrough(): boolean {
    const { training } = this.config;
    return !training || getCheckpoint(this.ctx.project.db, this.runId, training.totalSteps) !== undefined; // prettier-ignore
  }

  // ---- preparing ------------------------------------------------------------------------------

  private async openTrainer(): Promise<void> {
    const { project, thread, cacheDir } = this.ctx;
    const { db } = project;
    const folder = resumeFolder(project, this.runId);
    if (folder === null && getRun(db, this.runId).checkpoints > 0)
      throw new AppError('bad-config', 'This run cannot go on: its weights or its optimizer states were deleted. Start a new run.'); // prettier-ignore
    this.show({ state: 'preparing', stage: 'preparing' });
    const corpus = getCorpusSummary<CorpusSummary>(db, this.config.corpusId);
    const tokenizerId = runTokenizerId(db, this.runId);
    const { tokenizer, encoded } = await this.ask(() =>
      thread.call(
        'prepare',
        {
          corpus,
          tokenizerJson: tokenizerId === null ? null : getTokenizer(db, tokenizerId).json,
          vocabSize: this.config.model.vocabSize,
          lineEnd: trainingOf(this.config).lineEnd,
          cacheDir,
        },
        (notice) => this.noticed(notice),
      ),
    );
    if (tokenizerId === null) {
      const name = `${corpus.name}, ${tokenizer.vocabSize} tokens`;
      const stored = addTokenizer(db, { name, ...tokenizer });
      // A small corpus may have fewer merges than asked for; the model has rows for what there is.
      this.config = { ...this.config, model: { ...this.config.model, vocabSize: stored.vocabSize } }; // prettier-ignore
      setRunConfig(db, this.runId, this.config);
      setProgress(db, this.runId, { tokenizerId: stored.id, parameters: parameterCount(this.config.model) }); // prettier-ignore
      this.ctx.emit('library.changed', {});
    }
    const { model } = this.config;
    const training = trainingOf(this.config);
    const { gridSteps, ...position } = await this.ask(
      () =>
      thread.call('open', { model, training, encoded, tokenizerJson: tokenizer.json, folder, originMs: this.originMs }), // prettier-ignore
    );
    this.position = position;
    this.gridSteps = gridSteps;
    dropMetricsAfter(db, this.runId, position.step);
    this.show({ ...position, state: 'training', stage: 'training' });
  }

  // ---- training -------------------------------------------------------------------------------

  /** To the next checkpoint. */
  private async trainOn(): Promise<void> {
    this.show({ state: 'training', stage: 'training' });
    const { due, ...position } = await this.ctx.thread.call('train', {}, (n) => this.noticed(n));
    this.position = position;
    if (!due) throw new Stopped();
  }

  private async saveCheckpoint(): Promise<void> {
    const { project, thread } = this.ctx;
    if (!this.position) return;
    const { position } = this;
    const startedMs = Date.now();
    this.show({ state: 'training', stage: `held-out loss at step ${position.step}` });
    const { natsPerToken } = await thread.call('heldOut', {});
    await thread.call('save', { folder: checkpointFolder(project, this.runId, position.step) });
    putCheckpoint(project.db, this.runId, {
      ...position,
      heldOutNatsPerToken: natsPerToken,
      hasWeights: true,
      hasOptimizer: true,
      savedAtMs: Date.now(),
    });
    tidy(project, this.runId);
    this.pace.saved(Date.now() - startedMs);
    this.show({ ...position });
    this.throwIfStopped();
  }

  // ---- scoring --------------------------------------------------------------------------------

  private async scoreWhatIsMissing(): Promise<void> {
    const { db } = this.ctx.project;
    // What is to be scored can grow while this is at it, so it looks again until nothing is missing.
    for (;;) {
      const work = missingScores(db, this.runId);
      const [next] = work;
      if (!next) return;
      this.pairsLeftHere = work.reduce((sum, { missingPairs }) => sum + missingPairs, 0);
      await this.score(next);
    }
  }

  private async score(work: ScoringWork): Promise<void> {
    const { project, thread } = this.ctx;
    const { db } = project;
    const { checkpoint, target } = work;
    const profile = getProfile(db, target.profileId);
    const tokenizerId = runTokenizerId(db, this.runId);
    if (tokenizerId === null) throw new AppError('internal', 'A checkpoint has no tokenizer.');
    const encoding = encodingId(db, tokenizerId, profile);
    const scoringId = beginScoring(db, {
      checkpointId: checkpoint.id,
      suiteId: target.suiteId,
      profileId: target.profileId,
      encodingId: encoding,
    });
    const total = work.missingPairs;
    const stage = (done: number): string => `scoring step ${checkpoint.step}, ${done} of ${total} pairs`; // prettier-ignore
    this.show({ state: 'scoring', stage: stage(0) });

    const key = planKey(target.profileId, work);
    if (!this.planned.has(key)) {
      const classes = work.classes.map(({ classId, pairRowIds }) => {
        const pairs = pairRowIds.map((id) => getPair(db, id));
        return { classId, pairRowIds, good: pairs.map((p) => p.good), bad: pairs.map((p) => p.bad) }; // prettier-ignore
      });
      const tokenizerJson = getTokenizer(db, tokenizerId).json;
      const { maxPositions } = this.config.model;
      const tokens = await thread.call('plan', {
        key,
        tokenizerJson,
        profile,
        maxPositions,
        classes,
      });
      putPairTokens(db, encoding, eachPair(tokens));
      this.planned.add(key);
    }

    const startedMs = Date.now();
    let done = 0;
    const folder = this.position?.step === checkpoint.step ? null : checkpointFolder(project, this.runId, checkpoint.step); // prettier-ignore
    await thread.call('score', { key, folder, stored: work.stored }, (notice) => {
      if (notice.kind === 'scored') this.show({ stage: stage(Math.floor(notice.share * total)) });
      if (notice.kind !== 'scores') return;
      const { classId, scores } = notice;
      done += scores.pairRowIds.length;
      this.pairsLeftHere -= scores.pairRowIds.length;
      transaction(db, () => {
        recordClassScores(db, { scoringId, classId, ties: profile.ties, scores });
        if (done === total) finishScoring(db, scoringId);
      });
    });
    this.pace.scored(done, Date.now() - startedMs);
    this.throwIfStopped();
    if (done < total) throw new AppError('internal', `Scoring left out ${total - done} pairs.`);
    const { suiteId } = target;
    this.ctx.emit('checkpoint.scored', { runId: this.runId, step: checkpoint.step, suiteId, profile: profile.name }); // prettier-ignore
  }

  // ---- telling --------------------------------------------------------------------------------

  private noticed(notice: Notice): void {
    if (notice.kind === 'stage') {
      const { stage, done, total } = notice;
      this.show({ stage: total ? `${stage}, ${Math.floor((100 * done) / total)} %` : stage });
    } else if (notice.kind === 'metrics') {
      const { points } = notice;
      const last = points.at(-1);
      if (!last) return;
      const { batchWindows, windowTokens } = trainingOf(this.config);
      const stepMs = points.map((p) => (1_000 * batchWindows * windowTokens) / p.tokensPerSecond);
      const trainMs = stepMs.reduce((sum, ms) => sum + ms, 0);
      this.pace.trained(points.length, trainMs);
      addMetrics(this.ctx.project.db, this.runId, points);
      const { step, tokensSeen, wordsSeen, lossNats } = last;
      if (this.position) this.position = { step, tokensSeen, wordsSeen };
      const tokensPerSecond = (1_000 * points.length * batchWindows * windowTokens) / trainMs;
      this.show({ step, tokensSeen, wordsSeen, lossNats, tokensPerSecond });
    }
  }

  /** Stores what changed and tells the window. */
  private show(progress: RunProgress): void {
    const { project, emit } = this.ctx;
    setProgress(project.db, this.runId, {
      ...progress,
      elapsedMs: Date.now() - this.originMs,
      remainingMs: this.remainingMs(),
    });
    emit('run.progressed', getRun(project.db, this.runId));
  }

  private remainingMs(): number | null {
    const { position } = this;
    if (!position) return this.pace.remainingMs({ steps: 0, checkpoints: 0, pairs: this.pairsLeftHere }); // prettier-ignore
    const checkpoints = this.gridSteps.filter((step) => step > position.step).length;
    const pairs = this.pairsLeftHere + checkpoints * pairsPerCheckpoint(this.ctx.project.db, this.runId); // prettier-ignore
    return this.pace.remainingMs({ steps: trainingOf(this.config).totalSteps - position.step, checkpoints, pairs }); // prettier-ignore
  }

  // ---- stopping -------------------------------------------------------------------------------

  private throwIfStopped(): void {
    if (this.ctx.thread.stopping) throw new Stopped();
  }

  /** A command that has nothing to keep when it is stopped: it fails as cancelled. */
  private async ask<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      this.throwIfStopped();
      throw error;
    } finally {
      this.throwIfStopped();
    }
  }
}

/** The same pairs under the same profile are planned once for all checkpoints. */
function planKey(profileId: number, work: ScoringWork): string {
  const hash = createHash('sha256').update(`${profileId}\n`);
  for (const { pairRowIds } of work.classes) hash.update(`${pairRowIds.join(' ')}\n`);
  return hash.digest('hex');
}

function* eachPair(tokens: PlannedTokens): Generator<PairTokens> {
  let at = 0;
  for (const [i, pairRowId] of tokens.pairRowIds.entries()) {
    const middle = at + (tokens.goodCounts[i] ?? 0);
    const end = middle + (tokens.badCounts[i] ?? 0);
    yield {
      pairRowId,
      scoredFrom: tokens.scoredFrom[i] ?? 0,
      goodIds: tokens.ids.subarray(at, middle),
      badIds: tokens.ids.subarray(middle, end),
    };
    at = end;
  }
}
