// The experiments of the project, kept up to date by the lab's snapshots.
import type { ExperimentRow } from '../../shared/experiment.ts';
import { call, on } from '../client.ts';
import { project } from './project.svelte.ts';
import { Resource } from './resource.svelte.ts';

class Experiments {
  readonly #stored = new Resource(() => (project.session ? call('experiments.list') : null));
  /** Snapshots newer than the stored list, by id. */
  #live = $state.raw<ReadonlyMap<number, ExperimentRow>>(new Map());

  constructor() {
    on('experiment.progressed', (row) => this.set(row));
    on('project.changed', () => (this.#live = new Map()));
  }

  /** Newest first. */
  readonly list = $derived.by(() => {
    const rows = new Map((this.#stored.value ?? []).map((row) => [row.id, row]));
    for (const [id, row] of this.#live) rows.set(id, row);
    return [...rows.values()].sort((a, b) => b.id - a.id);
  });
  get loaded(): boolean {
    return this.#stored.value !== undefined;
  }
  get error() {
    return this.#stored.error;
  }

  /** Shows a new state at once. */
  set(row: ExperimentRow): void {
    this.#live = new Map(this.#live).set(row.id, row);
  }
}

let instance: Experiments;
$effect.root(() => {
  instance = new Experiments();
});
export const experiments = instance!;
