// The sweeps of an open project: started here or on Slurm, stopped, and told of as folders, workers and Slurm have it.
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Emit } from '../../../shared/events.ts';
import type { SweepDetail, SweepGathered, SweepPlace, SweepPlan, SweepRow, SweepRun } from '../../../shared/sweeps.ts'; // prettier-ignore
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { getCorpusSummary, listCorpora } from '../store/library.ts';
import type { Project } from '../store/project.ts';
import { getRun } from '../store/runs.ts';
import { addTasks, getSweep, listSweepRuns, listSweeps, listTasks, putSweep, setCancelled, sweepsWith, type StoredSweep, type SweepTask } from '../store/sweeps.ts'; // prettier-ignore
import { gatherRuns } from './gather.ts';
import { layRuns } from './lay.ts';
import { axesOf, plannedRuns } from './plan.ts';
import { Pool } from './pool.ts';
import { isThere, readSpec, runFolderOf } from './run-folder.ts';
import { detailOf, rowOf, shownRun, type Seen } from './show.ts';
import type { TaskStatus } from './slurm/queue.ts';
import { siteOf, type Site } from './slurm/site.ts';
import { submit } from './slurm/submit.ts';

export interface SweepContext {
  project: Project;
  emit: Emit;
}

/** Where a project's run folders lie. */
export const runsFolder = (project: Project): string => path.join(project.folder, 'runs');

/** Slurm is asked at most so often. */
const askedEveryMs = 3_000;

export class SweepJobs {
  private readonly ctx: SweepContext;
  private readonly runs: string;
  private readonly pool: Pool;
  /** A cluster tells its settings once. */
  private readonly sites = new Map<string, Site>();
  private readonly asked = new Map<number, { atMs: number; status: Promise<Map<string, TaskStatus>> }>(); // prettier-ignore
  private gathering: Promise<unknown> = Promise.resolve();

  constructor(ctx: SweepContext) {
    this.ctx = ctx;
    this.runs = runsFolder(ctx.project);
    this.pool = new Pool(this.runs, (key) => void this.changed(key));
  }

  /** Lays the runs of a plan out and starts those that are not through. */
  async start(plan: SweepPlan, place: SweepPlace, workers: number): Promise<SweepRow> {
    const { db } = this.ctx.project;
    const planned = plannedRuns(db, plan);
    const site = this.siteAt(place, plan);
    layRuns(db, { runs: this.runs, plan, planned, corpusAt: site.corpusAt });
    const sweep = putSweep(db, plan, place, planned);
    return this.startRuns(sweep, workers, ['stopped', 'failed', 'cancelled']);
  }

  /**
   * Keeps a plan and lays its runs out, and starts none. It stays on a cluster only where that is reached as before:
   * else who can save could have other hosts asked, and other lines of shell run, than the person said yes to.
   * @throws AppError 'busy' where a sweep of that name is at work
   */
  async save(plan: SweepPlan): Promise<SweepRow> {
    const { db } = this.ctx.project;
    const planned = plannedRuns(db, plan);
    const before = listSweeps(db).find(({ name }) => name === plan.name);
    if (before) await this.requireAtRest(before);
    const isSame = isDeepStrictEqual(before?.plan.resources, plan.resources);
    const place = before && isSame ? before.place : 'local';
    const site = this.siteAt(place, plan);
    layRuns(db, { runs: this.runs, plan, planned, corpusAt: site.corpusAt });
    return this.row(putSweep(db, plan, place, planned));
  }

  /** Starts runs that are in one of these states; all of the sweep's, or some. */
  async startRuns(
    sweep: StoredSweep,
    workers: number,
    states: readonly SweepRun['state'][],
    keys?: readonly string[],
  ): Promise<SweepRow> {
    const { db } = this.ctx.project;
    const chosen = (await this.seen(sweep))
      .filter(({ key, state }) => states.includes(state) && (keys?.includes(key) ?? true))
      .map(({ key }) => key);
    setCancelled(db, sweep.id, chosen, false);
    if (sweep.place === 'local') this.pool.add(chosen, workers);
    else if (chosen.length > 0) await this.submitRuns(sweep, chosen);
    return this.row(getSweep(db, sweep.id));
  }

  /** Stops runs, keeping what they have. */
  async cancel(sweep: StoredSweep, keys?: readonly string[]): Promise<SweepRow> {
    const { db } = this.ctx.project;
    const chosen = (await this.seen(sweep))
      .filter(({ key, state }) => state !== 'finished' && (keys?.includes(key) ?? true))
      .map(({ key }) => key);
    // Who asks again no longer wants to wait for what is being saved.
    const isFirst = listSweepRuns(db, sweep.id).some(({ key, cancelled }) => chosen.includes(key) && !cancelled); // prettier-ignore
    setCancelled(db, sweep.id, chosen, true);
    await this.pool.stop(chosen);
    const tasks = listTasks(db, sweep.id).filter(({ key }) => chosen.includes(key));
    if (sweep.place === 'slurm' && tasks.length > 0)
      await this.site(sweep).slurm.cancel(tasks.map(nameOfTask), { gently: isFirst && sweep.plan.resources.image !== undefined }); // prettier-ignore
    this.asked.delete(sweep.id);
    return this.row(getSweep(db, sweep.id));
  }

  /** Takes finished runs of a sweep into the project. */
  async gather(sweep: StoredSweep): Promise<Omit<SweepGathered, 'judgements'>> {
    const { db } = this.ctx.project;
    if (this.isGiven(sweep)) await this.site(sweep).pull('all');
    const folders = listSweepRuns(db, sweep.id).map(({ key }) => runFolderOf(this.runs, key));
    return this.take(folders.filter(isThere), { weights: false });
  }

  /** Brings the runs of sweeps on other machines here, as far as they are there; returns what could not be asked. */
  async fetch(): Promise<SweepGathered['refused']> {
    const sweeps = listSweeps(this.ctx.project.db).filter((sweep) => this.isGiven(sweep));
    const refused: SweepGathered['refused'] = [];
    for (const site of new Set(sweeps.map((sweep) => this.site(sweep))))
      await site.pull('all').catch((error: unknown) => {
        refused.push({ folder: site.nodeRuns, message: toErrorReply(error).message });
      });
    return refused;
  }

  /** Takes in runs from folders, one call after another, and tells of each and of what came with them. */
  take(
    folders: readonly string[],
    { weights }: { weights: boolean },
  ): Promise<Omit<SweepGathered, 'judgements'>> {
    const { project, emit } = this.ctx;
    const added = (runId: number): void => emit('run.progressed', getRun(project.db, runId));
    const gathered = this.gathering.then(async () => {
      const counts = await gatherRuns(project, folders, { weights, added });
      if (counts.added > 0) emit('library.changed', {});
      return counts;
    });
    this.gathering = gathered.catch(() => undefined);
    return gathered;
  }

  async row(sweep: StoredSweep): Promise<SweepRow> {
    return rowOf(sweep, await this.seen(sweep));
  }

  /** The same among others: where its cluster does not answer, as it was last seen, which it says. */
  async listed(sweep: StoredSweep): Promise<SweepRow> {
    try {
      return await this.row(sweep);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const row = rowOf(sweep, this.shown(sweep, new Map()));
      return { ...row, stage: `${row.stage}; its cluster does not answer` };
    }
  }

  async detail(sweep: StoredSweep): Promise<SweepDetail> {
    return detailOf(sweep, axesOf(sweep.plan), await this.seen(sweep));
  }

  /** @throws AppError 'busy' where some of a sweep's runs are at work or wait */
  async requireAtRest(sweep: StoredSweep): Promise<void> {
    const { state } = await this.row(sweep);
    if (state === 'running') throw new AppError('busy', `Runs of the sweep “${sweep.name}” are at work. Cancel it first.`); // prettier-ignore
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.gathering;
  }

  private site({ place, plan }: StoredSweep): Site {
    return this.siteAt(place, plan);
  }

  /** What a plan says of a cluster counts for sweeps that were handed to one. */
  private siteAt(place: SweepPlace, { resources }: SweepPlan): Site {
    const ssh = place === 'slurm' ? resources.ssh : undefined;
    const key = JSON.stringify(ssh ?? null);
    const site = this.sites.get(key) ?? siteOf(ssh, this.runs);
    this.sites.set(key, site);
    return site;
  }

  private async submitRuns(sweep: StoredSweep, keys: readonly string[]): Promise<void> {
    const { slurm, nodeRuns, corpusAt, push: pushed } = this.site(sweep);
    const { name, plan } = sweep;
    const corpora = this.corporaOf(keys);
    const texts = corpora.map((corpus) => corpusAt(corpus).source).filter((source) => source !== 'embedded'); // prettier-ignore
    const push = (): Promise<void> => pushed(corpora);
    const submitted = await submit({ slurm, name, resources: plan.resources, runs: this.runs, nodeRuns, texts, keys, push }); // prettier-ignore
    for (const one of submitted) addTasks(this.ctx.project.db, sweep.id, one);
    this.asked.delete(sweep.id);
  }

  /** What runs train on, as it is here. */
  private corporaOf(keys: readonly string[]): CorpusSummary[] {
    const { db } = this.ctx.project;
    const hashes = new Set(keys.map((key) => readSpec(runFolderOf(this.runs, key)).corpus.contentHash)); // prettier-ignore
    return listCorpora(db).filter(({ contentHash }) => hashes.has(contentHash)).map(({ id }) => getCorpusSummary<CorpusSummary>(db, id)); // prettier-ignore
  }

  /** Of runs that have all finished a cluster knows nothing new: it is not asked, and may be out of reach. */
  private async seen(sweep: StoredSweep): Promise<SweepRun[]> {
    const here = this.shown(sweep, new Map());
    if (!this.isGiven(sweep) || here.every(({ state }) => state === 'finished')) return here;
    return this.shown(sweep, await this.status(sweep));
  }

  /** Whether Slurm was given anything of it. */
  private isGiven({ id, place }: StoredSweep): boolean {
    return place === 'slurm' && listTasks(this.ctx.project.db, id).length > 0;
  }

  /** @param status what Slurm says of its tasks */
  private shown(sweep: StoredSweep, status: ReadonlyMap<string, TaskStatus>): SweepRun[] {
    const { db } = this.ctx.project;
    const tasks = new Map<string, SweepTask[]>();
    for (const task of listTasks(db, sweep.id)) tasks.set(task.key, [...(tasks.get(task.key) ?? []), task]); // prettier-ignore
    return listSweepRuns(db, sweep.id).map((run) => {
      const own = (tasks.get(run.key) ?? []).map((task) => ({ ...task, name: nameOfTask(task), status: status.get(nameOfTask(task)) ?? null })); // prettier-ignore
      const seen: Seen = { run, runs: this.runs, pooled: this.pool.stateOf(run.key), tasks: sweep.place === 'slurm' ? own : [] }; // prettier-ignore
      return shownRun(seen);
    });
  }

  private status(sweep: StoredSweep): Promise<Map<string, TaskStatus>> {
    const known = this.asked.get(sweep.id);
    if (known && Date.now() - known.atMs < askedEveryMs) return known.status;
    const site = this.site(sweep);
    const jobIds = [...new Set(listTasks(this.ctx.project.db, sweep.id).map(({ jobId }) => jobId))];
    const status = site.slurm.status(jobIds).then(async (found) => {
      await site.pull('state');
      return found;
    });
    this.asked.set(sweep.id, { atMs: Date.now(), status });
    status.catch(() => this.asked.delete(sweep.id));
    return status;
  }

  /** A run of the local queue began or ended: what is finished is taken in at once. */
  private async changed(key: string): Promise<void> {
    const { project, emit } = this.ctx;
    if (this.pool.stateOf(key) === null)
      await this.take([runFolderOf(this.runs, key)], { weights: false });
    if (!project.db.open) return;
    for (const sweep of sweepsWith(project.db, key))
      emit('sweep.progressed', await this.row(sweep));
  }
}

export const nameOfTask = ({ jobId, task }: Pick<SweepTask, 'jobId' | 'task'>): string =>
  `${jobId}_${task}`;
