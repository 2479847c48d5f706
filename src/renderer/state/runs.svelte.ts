// The runs of the project, kept up to date by the lab's snapshots.
import type { RunRow, RunState } from '../../shared/domain.ts';
import { call, on } from '../client.ts';
import { numbered } from './queue-order.ts';
import { project } from './project.svelte.ts';
import { attempt } from './notices.svelte.ts';
import { Resource } from './resource.svelte.ts';

/** States in which the lab works on a run. */
const working: readonly RunState[] = ['preparing', 'training', 'scoring'];
export const isWorking = (run: RunRow): boolean => working.includes(run.state);
/** States from which Resume goes on. */
export const canResume = (run: RunRow): boolean =>
  run.state === 'paused' || run.state === 'interrupted' || run.state === 'failed';
/** States in which a run waits or works, and can be stopped. */
export const canStop = (run: RunRow): boolean => isWorking(run) || run.state === 'queued';

class Runs {
  readonly #stored = new Resource(() => (project.session ? call('runs.list') : null));
  /** Snapshots newer than the stored list, by run. */
  #live = $state.raw<ReadonlyMap<number, RunRow>>(new Map());

  constructor() {
    on('run.progressed', (run) => {
      this.#live = new Map(this.#live).set(run.id, run);
    });
    on('project.changed', () => (this.#live = new Map()));
  }

  /** Newest first. */
  readonly list = $derived.by(() => {
    const rows = new Map((this.#stored.value ?? []).map((run) => [run.id, run]));
    for (const [id, run] of this.#live) rows.set(id, run);
    return numbered([...rows.values()]).sort((a, b) => b.id - a.id);
  });

  get loaded(): boolean {
    return this.#stored.value !== undefined;
  }
  get error() {
    return this.#stored.error;
  }

  /** What the lab works on now, else what waits. */
  readonly active = $derived(
    this.list.find(isWorking) ?? this.list.findLast((run) => run.state === 'queued') ?? null,
  );

  get(id: number): RunRow | undefined {
    return this.list.find((run) => run.id === id);
  }

  /** Drops the snapshots and asks again. */
  reload = (): void => {
    this.#live = new Map();
    this.#stored.reload();
  };

  /** Does something to a run and shows its new state at once. */
  async act(action: Promise<RunRow>): Promise<RunRow | undefined> {
    const run = await attempt(action);
    if (run) this.#live = new Map(this.#live).set(run.id, run);
    return run;
  }
}

let instance: Runs;
$effect.root(() => {
  instance = new Runs();
});
export const runs = instance!;

/** "run 3" or its name. */
export const runName = (run: Pick<RunRow, 'id' | 'name'>): string => run.name || `run ${run.id}`;
