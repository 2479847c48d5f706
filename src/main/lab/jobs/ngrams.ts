// Jobs that count n-grams: one at a time, each in a thread of its own beside the one that trains.
import fs from 'node:fs';
import path from 'node:path';
import type { Profile } from '../../../shared/domain.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import type { Emit } from '../../../shared/events.ts';
import type { NgramRow } from '../../../shared/ngram.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { listClasses } from '../store/classes.ts';
import { explained } from '../store/failures.ts';
import { getCorpus, getCorpusSummary, getTokenizer } from '../store/library.ts';
import {
  findNgramModel,
  findNgramScoring,
  listNgramModels,
  listNgramScorings,
  ngramFile,
  ngramFolder,
  ngramKey,
  putNgramModel,
  putNgramScores,
  runsOfSource,
  type NgramClassScores,
  type NgramSource,
} from '../store/ngrams.ts';
import { listPairs } from '../store/pairs.ts';
import type { Project } from '../store/project.ts';
import { encodingId } from '../store/scores.ts';
import { transaction } from '../store/sql.ts';
import type { CountNotice } from './counter/count.ts';
import { runCounter, type CounterRun } from './counter/counter-thread.ts';

export interface NgramRequest {
  source: NgramSource;
  order: number;
  suiteId: number;
  profile: Profile;
}

interface Job extends NgramRequest {
  key: string;
  state: 'queued' | 'counting' | 'scoring' | 'failed' | 'cancelled';
  stage: string;
  remainingMs: number | null;
  error: string | null;
  thread: CounterRun | null;
  /** Settles when the job has ended, however. */
  ended: Promise<void>;
}

export class NgramJobs {
  private readonly ctx: { project: Project; cacheDir: string; emit: Emit };
  private readonly jobs = new Map<string, Job>();
  private last: Promise<void> = Promise.resolve();

  constructor(ctx: { project: Project; cacheDir: string; emit: Emit }) {
    this.ctx = ctx;
    if (ctx.project.readOnlyReason === null) this.sweep();
  }

  /** Those at work first. */
  list(): NgramRow[] {
    const counted = listNgramModels(this.ctx.project.db).map(({ key }) => key);
    return [...new Set([...this.jobs.keys(), ...counted])].map((key) => this.row(key));
  }

  /** Counts and scores what is not there yet; the row tells how far it is. */
  start(request: NgramRequest): NgramRow {
    const { db } = this.ctx.project;
    const key = ngramKey(db, request.source);
    const atWork = this.jobs.get(key);
    if (atWork && (atWork.state === 'failed' || atWork.state === 'cancelled'))
      this.jobs.delete(key);
    else if (atWork) return this.row(key);
    if (this.isReady(key, request)) return this.row(key);
    const job: Job = { ...request, key, state: 'queued', stage: 'waiting for its turn', remainingMs: null, error: null, thread: null, ended: Promise.resolve() }; // prettier-ignore
    this.jobs.set(key, job);
    job.ended = this.last.then(() => this.carryOut(job));
    this.last = job.ended;
    return this.row(key);
  }

  /** Resolves when the model and its scores are there. Throws what the job failed with. */
  async finished(key: string): Promise<void> {
    await this.jobs.get(key)?.ended;
    const job = this.jobs.get(key);
    if (job?.state === 'cancelled') throw new AppError('cancelled', 'Counting was cancelled.');
    if (job?.error) throw new AppError('bad-file', job.error);
  }

  cancel(key: string): NgramRow {
    const job = this.jobs.get(key);
    if (job && job.state !== 'failed') {
      job.state = 'cancelled';
      job.stage = 'cancelled';
      job.remainingMs = null;
      job.thread?.cancel();
      this.tell(job);
    }
    return this.row(key);
  }

  async close(): Promise<void> {
    for (const key of this.jobs.keys()) this.cancel(key);
    await this.last;
  }

  private isReady(key: string, { order, suiteId, profile, source }: NgramRequest): boolean {
    const { project } = this.ctx;
    const known = findNgramModel(project.db, key);
    if (!known || known.order < order || !fs.existsSync(ngramFile(project, key))) return false;
    return findNgramScoring(project.db, known.id, suiteId, this.encodingOf(source, profile)) !== undefined; // prettier-ignore
  }

  private encodingOf = ({ tokenizerId }: NgramSource, profile: Profile): number | null =>
    tokenizerId === null ? null : encodingId(this.ctx.project.db, tokenizerId, profile);

  private async carryOut(job: Job): Promise<void> {
    const wasCancelled = (): boolean => job.state === 'cancelled';
    if (wasCancelled()) return;
    try {
      await this.work(job);
      this.jobs.delete(job.key); // the record stands for it now
    } catch (error) {
      this.sweep();
      if (!wasCancelled()) {
        const { message } = toErrorReply(explained(error));
        Object.assign(job, { state: 'failed', stage: 'failed', error: message });
      }
    }
    this.tell(job);
  }

  private async work(job: Job): Promise<void> {
    const { project, cacheDir } = this.ctx;
    const { db } = project;
    const { source, key, order, suiteId, profile } = job;
    const startedMs = Date.now();
    const file = ngramFile(project, key);
    const known = findNgramModel(db, key);
    const classes = listClasses(db, suiteId).map(({ classId }) => {
      const pairs = listPairs(db, classId);
      return {
        classId,
        pairRowIds: pairs.map((p) => p.pairRowId),
        good: pairs.map((p) => p.good),
        bad: pairs.map((p) => p.bad),
      };
    });
    const scored: NgramClassScores[] = [];
    let modelId = known?.id;
    const remainingOf = stagePace();
    const noticed = (notice: CountNotice): void => {
      if (notice.kind === 'scores') scored.push(notice.scores);
      else if (notice.kind === 'counted')
        modelId = transaction(
          db,
          () =>
          putNgramModel(db, { key, ...source, ...notice.counted, elapsedMs: Date.now() - startedMs }), // prettier-ignore
        );
      else {
        job.state = notice.stage === 'scoring' ? 'scoring' : 'counting';
        job.stage = `${notice.stage}, ${Math.floor(100 * notice.share)} %`;
        job.remainingMs = remainingOf(notice);
        this.tell(job);
      }
    };
    job.state = 'counting';
    const json = source.tokenizerId === null ? null : getTokenizer(db, source.tokenizerId).json;
    const task = {
      corpus: getCorpusSummary<CorpusSummary>(db, source.corpusId),
      tokenizerJson: json,
      lineEnd: source.lineEnd,
      cacheDir,
      order,
      file,
      again: !known || known.order < order,
      profile,
      classes,
    };
    job.thread = runCounter('count', task, noticed);
    this.tell(job);
    try {
      await job.thread.done;
    } finally {
      job.thread = null;
    }
    if (modelId === undefined) throw new AppError('internal', 'Nothing was counted.');
    const scoring = { modelId, suiteId, encodingId: this.encodingOf(source, profile) };
    transaction(db, () => putNgramScores(db, scoring, scored));
  }

  /** Removes half-written models: no other job is at work, and no other process writes the project. */
  private sweep(): void {
    const folder = ngramFolder(this.ctx.project);
    if (!fs.existsSync(folder)) return;
    for (const name of fs.readdirSync(folder))
      if (name.endsWith('.partial')) fs.rmSync(path.join(folder, name), { force: true });
  }

  private tell(job: Job): void {
    this.ctx.emit('ngrams.progressed', this.row(job.key));
  }

  private row(key: string): NgramRow {
    const { db } = this.ctx.project;
    const job = this.jobs.get(key);
    const known = findNgramModel(db, key);
    const source = job?.source ?? known;
    if (!source) throw new AppError('not-found', 'There is no such n-gram model.');
    return {
      key,
      unit: source.tokenizerId === null ? 'words' : 'tokens',
      corpusName: getCorpus(db, source.corpusId).name,
      runIds: runsOfSource(db, source),
      order: known?.order ?? job?.order ?? 0,
      state: job?.state ?? 'ready',
      stage: job?.stage ?? 'ready',
      remainingMs: job?.thread ? job.remainingMs : null,
      error: job?.error ?? null,
      tokens: known?.tokens ?? null,
      distinct: known?.distinct ?? [],
      fileBytes: known?.fileBytes ?? null,
      elapsedMs: known?.elapsedMs ?? null,
      scored: known ? listNgramScorings(db, known.id) : [],
    };
  }
}

/** Tells from a stage's progress how long it will still take (ms); stages differ too much to tell for the next. */
function stagePace(): (progress: { stage: string; share: number }) => number | null {
  let began = { stage: '', share: 0, atMs: 0 };
  return ({ stage, share }) => {
    const nowMs = performance.now();
    if (stage !== began.stage) began = { stage, share, atMs: nowMs };
    const done = share - began.share;
    return done > 0 ? ((nowMs - began.atMs) * (1 - share)) / done : null;
  };
}
