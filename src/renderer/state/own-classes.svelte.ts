// Suites that are being written: their texts are kept while one looks elsewhere, and over a restart.
import type { DraftKind } from '../../shared/drafts.ts';
import { call } from '../client.ts';
import { keep } from './memory.svelte.ts';
import { attempt, notices } from './notices.svelte.ts';
import { project } from './project.svelte.ts';

interface Written {
  text: string;
  name: string;
  seed: number;
  pairs: number;
  /** The suite that it was opened from or saved as. */
  suiteId: number | null;
  /** Whether anything was written since then. */
  changed: boolean;
}
/** What is written of either kind, and what was there before another text took its place. */
interface Kept {
  kind: DraftKind;
  now: Record<DraftKind, Written>;
  before: Partial<Record<DraftKind, Written>>;
}

const blank = (): Written => ({ text: '', name: '', seed: 1, pairs: 100, suiteId: null, changed: false }); // prettier-ignore
const storageKey = (): string => `own-classes/${project.info?.name ?? ''}`;

function stored(): Kept {
  try {
    const { kind, now, before } = JSON.parse(localStorage.getItem(storageKey()) ?? '{}') as Partial<Kept>; // prettier-ignore
    return {
      kind: kind ?? 'template',
      now: { template: { ...blank(), ...now?.template }, pairs: { ...blank(), ...now?.pairs } },
      before: { ...before },
    };
  } catch {
    return { kind: 'template', now: { template: blank(), pairs: blank() }, before: {} }; // damaged
  }
}

class OwnClasses {
  #kept: Kept = $state(stored());
  /** Counts texts put in another's place, so that the editor begins anew with each. */
  opened = $state(0);

  get kind(): DraftKind {
    return this.#kept.kind;
  }
  set kind(kind: DraftKind) {
    this.#kept.kind = kind;
    this.#store();
  }
  get written(): Written {
    return this.#kept.now[this.#kept.kind];
  }
  get draft() {
    const { text, seed, pairs } = this.written;
    return { kind: this.kind, text, seed, pairs };
  }
  /** Whether there is a text to go back to. */
  get canGoBack(): boolean {
    return this.#kept.before[this.kind] !== undefined;
  }

  /** Something was changed: it is kept. */
  edit(change: Partial<Written>): void {
    Object.assign(this.written, change, { changed: true });
    this.#store();
  }

  begin(): void {
    this.#put(this.kind, blank());
  }
  async example(): Promise<void> {
    const text = await attempt(call('drafts.example'));
    if (text !== undefined) this.#put('template', { ...blank(), text, changed: true });
  }
  async open(suiteId: number): Promise<void> {
    const draft = await attempt(call('drafts.get', { suiteId }));
    if (!draft) return;
    const { kind, text, name, seed, pairs } = draft;
    this.#put(kind, { text, name, seed, pairs, suiteId, changed: false });
  }
  back(): void {
    const before = this.#kept.before[this.kind];
    if (before) this.#put(this.kind, $state.snapshot(before));
  }

  /** Makes the suite; the one it was opened from is changed where nothing hangs on it. */
  async save(): Promise<void> {
    const { written, draft } = this;
    const { suiteId } = written;
    const name = written.name.trim() || 'own classes';
    const suite = await attempt(call('drafts.save', { draft: $state.snapshot(draft), name, ...(suiteId !== null && { suiteId }) })); // prettier-ignore
    if (!suite) return;
    const beside = suiteId !== null && suite.name !== name;
    Object.assign(written, { suiteId: suite.id, name: suite.name, changed: written.text !== draft.text }); // prettier-ignore
    this.#store();
    project.suites.reload();
    notices.say(`${suite.name}: ${suite.pairs} pairs in ${suite.classes} ${suite.classes === 1 ? 'class' : 'classes'}${beside ? ', beside the suite it was opened from, which is in use' : ''}`); // prettier-ignore
  }

  /** Puts a text in another's place; one that would be lost can be gone back to. */
  #put(kind: DraftKind, next: Written): void {
    const last = $state.snapshot(this.#kept.now[kind]);
    if (last.changed && last.text.trim() !== '') this.#kept.before[kind] = last;
    this.#kept.now[kind] = next;
    this.#kept.kind = kind;
    this.opened++;
    this.#store();
  }
  #store(): void {
    localStorage.setItem(storageKey(), JSON.stringify(this.#kept));
  }
}

/** The one of the open project. */
export const ownClasses = (): OwnClasses => keep('own-classes', () => new OwnClasses());
