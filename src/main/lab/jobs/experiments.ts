// Experiments carried out: bigrams found, corpora edited in a thread, a run queued for every condition and seed.
import path from 'node:path';
import {
  conditionName,
  type ExperimentPlan,
  type ExperimentRow,
} from '../../../shared/experiment.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import type { Emit } from '../../../shared/events.ts';
import type { Profile, RunConfig, RunRow } from '../../../shared/domain.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { listClasses } from '../store/classes.ts';
import { addExperiment, addExperimentRun, experimentOfRun, getExperiment, listExperimentRuns, putEdits, putExperimentError, type StoredExperiment } from '../store/experiments.ts'; // prettier-ignore
import { explained } from '../store/failures.ts';
import { addCorpus, getCorpusSummary } from '../store/library.ts';
import { ngramFile, ngramSource } from '../store/ngrams.ts';
import { listPairs } from '../store/pairs.ts';
import type { Project } from '../store/project.ts';
import { getRunConfig, runTokenizerId } from '../store/runs.ts';
import { runCounter, type CounterRun } from './counter/counter-thread.ts';
import type { EditResult } from './counter/edit.ts';
import type { NgramJobs } from './ngrams.ts';

export interface ExperimentContext {
  project: Project;
  ngrams: NgramJobs;
  emit: Emit;
}

/** What a plan looks at, found. */
export interface Planned {
  plan: ExperimentPlan;
  suiteId: number;
  profile: Profile;
}

type StartRun = (run: { name: string; config: RunConfig }) => Promise<RunRow>;

export class ExperimentJobs {
  private readonly ctx: ExperimentContext;
  /** Those being edited, with what they are at. */
  private readonly atWork = new Map<number, string>();
  private thread: CounterRun<EditResult> | null = null;
  private last: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(ctx: ExperimentContext) {
    this.ctx = ctx;
  }

  /** Stores the experiment and begins to edit; its runs are queued when the corpora are there. */
  create(planned: Planned, startRun: StartRun): ExperimentRow {
    const id = addExperiment(this.ctx.project.db, planned.plan);
    this.atWork.set(id, 'waiting for its turn');
    this.last = this.last.then(() => this.carryOut(id, planned, startRun));
    return this.row(getExperiment(this.ctx.project.db, id));
  }

  row({ id, name, baseRunId, plan, edits, error, createdAtMs }: StoredExperiment): ExperimentRow {
    const runs = listExperimentRuns(this.ctx.project.db, id);
    const runsFinished = runs.filter(({ state }) => state === 'finished').length;
    const stage = this.atWork.get(id);
    const shared = { id, name, baseRunId, classes: plan.classes, runs: runs.length, runsFinished, createdAtMs }; // prettier-ignore
    if (stage !== undefined) return { ...shared, state: 'editing', stage, error: null };
    if (error !== null || edits === null)
      return { ...shared, state: 'failed', stage: 'failed', error: error ?? 'Editing was interrupted. Create the experiment again.' }; // prettier-ignore
    if (runs.length < plan.seeds.length * (edits.conditions.length + 1))
      return { ...shared, state: 'failed', stage: 'failed', error: 'Not all of its runs were queued, or some were deleted. Create the experiment again: its corpora are there.' }; // prettier-ignore
    const all = runsFinished === runs.length;
    return { ...shared, state: all ? 'finished' : 'running', stage: `${runsFinished} of ${runs.length} runs finished`, error: null }; // prettier-ignore
  }

  /** Tells that the experiment of a run that has finished went on. */
  follow({ id, state }: RunRow): void {
    const of = state === 'finished' ? experimentOfRun(this.ctx.project.db, id) : undefined;
    if (of !== undefined) this.tell(of);
  }

  async close(): Promise<void> {
    this.closing = true;
    this.thread?.cancel();
    await this.last;
  }

  private async carryOut(id: number, planned: Planned, startRun: StartRun): Promise<void> {
    try {
      if (this.closing) return;
      await this.work(id, planned, startRun);
    } catch (error) {
      if (!this.closing) this.failed(id, toErrorReply(explained(error)).message);
    } finally {
      this.atWork.delete(id);
      if (!this.closing) this.tell(id);
    }
  }

  private failed(id: number, message: string): void {
    try {
      putExperimentError(this.ctx.project.db, id, message);
    } catch {
      // A full disk has no room for the reason either; without it, editing counts as interrupted.
    }
  }

  private async work(
    id: number,
    { plan, suiteId, profile }: Planned,
    startRun: StartRun,
  ): Promise<void> {
    // prettier-ignore
    const { project, ngrams } = this.ctx;
    const { db } = project;
    const source = ngramSource(db, plan.runId, 'words');
    const tokenizerId = runTokenizerId(db, plan.runId);
    if (!source || tokenizerId === null) throw new AppError('bad-config', `Run ${plan.runId} has no tokenizer yet, or was imported, so that its training text is not known.`); // prettier-ignore
    this.show(id, 'counting bigrams of words');
    const { key } = ngrams.start({ source, order: 2, suiteId, profile });
    await ngrams.finished(key);
    const base = getRunConfig(db, plan.runId);
    this.thread = runCounter(
      'edit',
      {
        corpus: getCorpusSummary<CorpusSummary>(db, base.corpusId),
        plan,
        ngrams: ngramFile(project, key),
        pairs: chosenPairs(project, suiteId, plan.classes),
        folder: path.join(project.folder, 'corpora'),
      },
      (notice) => {
        if (notice.kind === 'progress') this.show(id, `${notice.stage}, ${Math.floor(100 * notice.share)} %`); // prettier-ignore
      },
    );
    const { bigrams, edited } = await this.thread.done;
    this.thread = null;
    const conditions = edited.map(({ corpus, report }) => ({ ...report, corpusId: addCorpus(db, corpus).id })); // prettier-ignore
    putEdits(db, id, { bigrams, conditions });
    this.ctx.emit('library.changed', {});
    // Seed by seed, so that one seed's conditions can be compared before the next is trained.
    for (const seed of plan.seeds)
      for (const { condition, corpusId } of [
        { condition: 'original', corpusId: base.corpusId },
        ...conditions,
      ]) {
        // prettier-ignore
        const config = configOf(base, { plan, suiteId, profile }, { seed, corpusId, tokenizerId });
        const run = await startRun({
          name: `${plan.name}: ${conditionName(condition)}, seed ${seed}`,
          config,
        });
        addExperimentRun(db, id, { runId: run.id, condition, seed });
      }
  }

  private show(id: number, stage: string): void {
    this.atWork.set(id, stage);
    this.tell(id);
  }

  private tell(id: number): void {
    const { project, emit } = this.ctx;
    emit('experiment.progressed', this.row(getExperiment(project.db, id)));
  }
}

function chosenPairs({ db }: Project, suiteId: number, uids: readonly string[]) {
  return listClasses(db, suiteId)
    .filter(({ uid }) => uids.includes(uid))
    .flatMap(({ classId }) => listPairs(db, classId).map(({ good, bad }) => ({ good, bad })));
}

/** The base run's configuration on another corpus, with its tokenizer, from another seed. */
function configOf(
  base: RunConfig,
  { plan, suiteId, profile }: Planned,
  { seed, corpusId, tokenizerId }: { seed: number; corpusId: number; tokenizerId: number },
): RunConfig {
  if (!base.training) throw new AppError('bad-config', 'An imported run cannot be trained again.');
  const totalSteps = plan.totalSteps ?? base.training.totalSteps;
  return {
    ...base,
    corpusId,
    tokenizerId,
    training: { ...base.training, seed, totalSteps },
    scoring: { suiteIds: [suiteId], profile, pairsPerClass: base.scoring.pairsPerClass },
  };
}
