// A list of the project that the lab's snapshots keep up to date.
import { on } from '../client.ts';
import { project } from './project.svelte.ts';
import { Resource } from './resource.svelte.ts';

export class LiveList<Row extends { id: number }> {
  readonly #stored: Resource<Row[]>;
  /** Snapshots newer than the stored list, by id. */
  #live = $state.raw<ReadonlyMap<number, Row>>(new Map());
  /** Rows that are no more. */
  #gone = $state.raw<ReadonlySet<number>>(new Set());

  /**
   * @param list asks for what is stored
   * @param follow has a function called with each snapshot that comes
   */
  constructor(list: () => Promise<Row[]>, follow: (show: (row: Row) => void) => void) {
    this.#stored = new Resource(() => (project.session ? list() : null));
    follow((row) => this.set(row));
    on('project.changed', () => {
      this.#live = new Map();
      this.#gone = new Set();
    });
  }

  /** Newest first. */
  readonly list = $derived.by(() => {
    const rows = new Map((this.#stored.value ?? []).map((row) => [row.id, row]));
    for (const [id, row] of this.#live) rows.set(id, row);
    return [...rows.values()].filter(({ id }) => !this.#gone.has(id)).sort((a, b) => b.id - a.id);
  });
  get loaded(): boolean {
    return this.#stored.value !== undefined;
  }
  get error() {
    return this.#stored.error;
  }

  /** Shows a new state at once. */
  set(row: Row): void {
    this.#live = new Map(this.#live).set(row.id, row);
  }
  /** Takes away at once what was deleted. */
  forget(id: number): void {
    this.#gone = new Set(this.#gone).add(id);
  }
}
