// The n-gram models of the run looked at, kept up to date by the lab's snapshots, and which one is looked at.
import type { NgramRow, NgramUnit } from '../../shared/ngram.ts';
import { call, on } from '../client.ts';
import { look } from './look.svelte.ts';
import { setting } from './memory.svelte.ts';
import { attempt } from './notices.svelte.ts';
import { Resource } from './resource.svelte.ts';

export const isAtWork = ({ state }: NgramRow): boolean =>
  state === 'queued' || state === 'counting' || state === 'scoring';

class Ngrams {
  readonly #unit = setting<NgramUnit>('bigrams.unit', 'tokens', ['tokens', 'words']);
  readonly #order = setting('bigrams.order', '2', ['1', '2', '3', '4', '5']);
  /** Snapshots newer than the stored list, by key. */
  #live = $state.raw<ReadonlyMap<string, NgramRow>>(new Map());
  readonly #stored = new Resource(() => {
    const { selected } = look;
    return selected ? call('ngrams.list', { runId: selected.runId }) : null;
  });

  constructor() {
    on('ngrams.progressed', (row) => {
      this.#live = new Map(this.#live).set(row.key, row);
    });
    on('project.changed', () => (this.#live = new Map()));
  }

  get unit(): NgramUnit {
    return this.#unit.value;
  }
  set unit(unit) {
    this.#unit.value = unit;
  }
  get order(): number {
    return Number(this.#order.value);
  }
  set order(order) {
    this.#order.value = String(order) as '1';
  }

  /** Of the run looked at, in the unit looked at; undefined: none is counted or at work. */
  readonly row = $derived.by(() => {
    const runId = look.selected?.runId;
    const rows = new Map((this.#stored.value ?? []).map((row) => [row.key, row]));
    for (const [key, row] of this.#live) rows.set(key, row);
    return [...rows.values()].find(
      (row) => row.unit === this.unit && runId !== undefined && row.runIds.includes(runId),
    );
  });
  get loaded(): boolean {
    return this.#stored.value !== undefined;
  }

  /** Whether what is looked at can be answered: counted up to the order, and the suite's pairs scored. */
  readonly ready = $derived.by(() => {
    const { selected } = look;
    return (
      selected !== undefined &&
      this.row?.state === 'ready' &&
      this.row.order >= this.order &&
      this.row.scored.some(({ suiteId, profile }) => suiteId === selected.suiteId && (profile === null || profile === selected.profile)) // prettier-ignore
    );
  });

  /** Counts what is missing for what is looked at. */
  async count(): Promise<void> {
    const least = this.unit === 'tokens' ? 5 : 2;
    const order = Math.max(least, this.order);
    const row = await attempt(call('ngrams.start', { ...look.where, unit: this.unit, order }));
    if (row) this.#live = new Map(this.#live).set(row.key, row);
  }

  async cancel({ key }: NgramRow): Promise<void> {
    const row = await attempt(call('ngrams.cancel', { key }));
    if (row) this.#live = new Map(this.#live).set(key, row);
  }
}

let instance: Ngrams;
$effect.root(() => {
  instance = new Ngrams();
});
export const ngrams = instance!;
