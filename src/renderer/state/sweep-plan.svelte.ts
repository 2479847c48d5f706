// Plans of sweeps that are being written: each text is kept while one looks elsewhere, as long as the project is open.
import { call } from '../client.ts';
import { keep } from './memory.svelte.ts';
import { attempt } from './notices.svelte.ts';

class PlanDraft {
  /** null: not read yet. */
  text = $state.raw<string | null>(null);
  /** What was there before another text took its place. */
  before = $state.raw<string | null>(null);
  /** Counts texts put in another's place, so that the editor begins anew with each. */
  opened = $state(0);
  #stored: string | null = $state.raw(null);

  /** Whether something was written that is not stored. */
  readonly changed = $derived(this.text !== this.#stored);

  /** Begins with the plan of a sweep, or (without one) with an example. */
  async begin(from?: number): Promise<void> {
    const text = await attempt(call('sweeps.planText', from === undefined ? {} : { id: from }));
    if (text === undefined) return;
    const lost = this.text !== null && this.changed ? this.text : null;
    this.put(text);
    if (lost !== null) this.before = lost;
  }

  /** Puts a text in the other's place; it counts as stored, as it can be had again. */
  put(text: string): void {
    this.text = text;
    this.#stored = text;
    this.opened++;
  }

  /** Back to the text before, which is then there to come back from. */
  back(): void {
    const { before, text } = this;
    if (before === null) return;
    this.text = before;
    this.before = text;
    this.opened++;
  }
}

/** The one of a sweep, or of a new one. */
export const planDraft = (id?: number): PlanDraft => keep(`sweep-plan ${id ?? 'new'}`, () => new PlanDraft()); // prettier-ignore

/** A text was stored as a sweep's plan: it is that sweep's from here on, with the one before it to go back to. */
export function planStored(
  written: number | undefined,
  id: number,
  text: string,
  before: string | null,
): void {
  const draft = planDraft(id);
  draft.put(text);
  draft.before = before;
  if (written !== id) planDraft(written).text = null; // begun anew next time
}
