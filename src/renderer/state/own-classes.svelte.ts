// A suite that is being written: its text is kept while one looks elsewhere, and over a restart.
import type { DraftKind } from '../../shared/drafts.ts';
import { call } from '../client.ts';
import { keep } from './memory.svelte.ts';
import { attempt, notices } from './notices.svelte.ts';
import { project } from './project.svelte.ts';

interface Written {
  kind: DraftKind;
  texts: Record<DraftKind, string>;
  name: string;
  seed: number;
  pairs: number;
  /** The suite that it was opened from or saved as. */
  suiteId: number | null;
  /** Whether anything was written since then. */
  changed: boolean;
}

const blank = (): Written => ({ kind: 'template', texts: { template: '', pairs: '' }, name: '', seed: 1, pairs: 100, suiteId: null, changed: false }); // prettier-ignore
const storageKey = (): string => `own-classes/${project.info?.name ?? ''}`;

function kept(): Written {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey()) ?? '{}') as Partial<Written>;
    const texts = { ...blank().texts, ...stored.texts };
    return { ...blank(), ...stored, texts };
  } catch {
    return blank(); // what is damaged there is not worth more words
  }
}

class OwnClasses {
  written: Written = $state(kept());
  /** Counts openings, so that the editor begins anew with another text. */
  opened = $state(0);

  get draft() {
    const { kind, texts, seed, pairs } = this.written;
    return { kind, text: texts[kind], seed, pairs };
  }
  set text(text: string) {
    this.written.texts[this.written.kind] = text;
    this.touch();
  }

  /** Something was changed: it is kept. */
  touch(): void {
    this.written.changed = true;
    this.store();
  }
  store(): void {
    localStorage.setItem(storageKey(), JSON.stringify(this.written));
  }

  /** Begins anew; what is written is still in the text field's own undo. */
  begin(): void {
    this.written = { ...blank(), kind: this.written.kind };
    this.opened++;
    this.store();
  }

  async example(): Promise<void> {
    const text = await attempt(call('drafts.example'));
    if (text === undefined) return;
    this.written = { ...blank(), texts: { ...this.written.texts, template: text } };
    this.opened++;
    this.touch();
  }

  async open(suiteId: number): Promise<void> {
    const stored = await attempt(call('drafts.get', { suiteId }));
    if (!stored) return;
    const { kind, text, name, seed, pairs } = stored;
    this.written = { ...blank(), kind, texts: { ...blank().texts, [kind]: text }, name, seed, pairs, suiteId }; // prettier-ignore
    this.opened++;
    this.store();
  }

  /** Makes the suite; the one it was opened from is changed where nothing hangs on it. */
  async save(): Promise<void> {
    const { suiteId, name } = this.written;
    const draft = $state.snapshot(this.draft);
    const suite = await attempt(call('drafts.save', { draft, name: name.trim() || 'own classes', ...(suiteId !== null && { suiteId }) })); // prettier-ignore
    if (!suite) return;
    const beside = suiteId !== null && suite.name !== name.trim();
    this.written.suiteId = suite.id;
    this.written.name = suite.name;
    this.written.changed = false;
    this.store();
    project.suites.reload();
    notices.say(`${suite.name}: ${suite.pairs} pairs in ${suite.classes} ${suite.classes === 1 ? 'class' : 'classes'}${beside ? ', beside the suite it was opened from, which is in use' : ''}`); // prettier-ignore
  }
}

/** The one of the open project. */
export const ownClasses = (): OwnClasses => keep('own-classes', () => new OwnClasses());
