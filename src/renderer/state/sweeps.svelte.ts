// The sweeps of the project, kept up to date by the lab's snapshots.
import type { SweepRow } from '../../shared/sweeps.ts';
import { call, on } from '../client.ts';
import { project } from './project.svelte.ts';
import { Resource } from './resource.svelte.ts';

class Sweeps {
  readonly #stored = new Resource(() => (project.session ? call('sweeps.list') : null));
  /** Snapshots newer than the stored list, by id. */
  #live = $state.raw<ReadonlyMap<number, SweepRow>>(new Map());

  constructor() {
    on('sweep.progressed', (row) => this.set(row));
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
  set(row: SweepRow): void {
    this.#live = new Map(this.#live).set(row.id, row);
  }
}

let instance: Sweeps;
$effect.root(() => {
  instance = new Sweeps();
});
export const sweeps = instance!;
