// What is being brought in or taken out: the dialog that is open, and what needs none of ours.
import type { SuiteInfo } from '../../shared/domain.ts';
import type { ChosenFiles } from '../../shared/exchange.ts';
import { call } from '../client.ts';
import { bytes, plural } from '../format.ts';
import { look } from './look.svelte.ts';
import { attempt, notices } from './notices.svelte.ts';
import { project } from './project.svelte.ts';

type Asked =
  | { dialog: 'suite'; chosen: ChosenFiles; onadd: (suite: SuiteInfo) => void }
  | { dialog: 'scores'; chosen: ChosenFiles }
  | { dialog: 'models'; chosen: ChosenFiles }
  | { dialog: 'pack' };

class Exchange {
  /** null: no dialog is open. */
  asked = $state.raw<Asked | null>(null);

  /** BLiMP is on its way, or the person is asked whether it may be. */
  isDownloading = $state(false);

  close = (): void => {
    this.asked = null;
  };

  async addSuite(from: 'file' | 'folder', onadd: (suite: SuiteInfo) => void = () => undefined) {
    const chosen = await this.#choose(`suite-${from}`);
    if (chosen) this.asked = { dialog: 'suite', chosen, onadd };
  }

  /** Fetches BLiMP from the network, once the person has agreed. */
  async getBlimp(onadd: (suite: SuiteInfo) => void = () => undefined): Promise<void> {
    if (this.isDownloading || !this.#mayBringIn()) return;
    this.isDownloading = true;
    const suite = await attempt(call('shell.getBlimp'));
    this.isDownloading = false;
    if (!suite) return;
    project.suites.reload();
    notices.say(`${suite.name} is here: ${plural(suite.classes, 'class', 'classes')} of ${plural(suite.pairs, 'pair')} in all`); // prettier-ignore
    onadd(suite);
  }

  async importScores(from: 'file' | 'folder'): Promise<void> {
    const chosen = await this.#choose(`scores-${from}`);
    if (chosen) this.asked = { dialog: 'scores', chosen };
  }

  async importModels(): Promise<void> {
    const chosen = await this.#choose('models');
    if (chosen) this.asked = { dialog: 'models', chosen };
  }

  pack(): void {
    if (project.info) this.asked = { dialog: 'pack' };
  }

  async #choose(what: 'suite-file' | 'suite-folder' | 'scores-file' | 'scores-folder' | 'models') {
    return this.#mayBringIn() ? attempt(call('shell.choose', { what })) : null;
  }

  #mayBringIn(): boolean {
    if (project.readOnly) notices.failed('This project is open to read only: nothing can be brought in.'); // prettier-ignore
    return project.info !== null && !project.readOnly;
  }
}

export const exchange = new Exchange();

export async function takeInJudgements(): Promise<void> {
  if (!project.info) return;
  const read = await attempt(call('shell.importJudgements'));
  if (!read) return;
  const { added, unchanged, olderThanHere } = read;
  notices.say(`${plural(added, 'judgement')} taken in; ${unchanged} there already, ${olderThanHere} changed later here and left`); // prettier-ignore
}

export async function saveJudgements(format: 'csv' | 'label-studio'): Promise<void> {
  if (!project.info) return;
  const text = await attempt(call('judgements.text', { format }));
  if (text === undefined) return;
  const suggestedName = `${project.info.name}-judgements.${format === 'csv' ? 'csv' : 'json'}`;
  const answer = await attempt(call('shell.saveText', { suggestedName, text }));
  if (answer?.saved) notices.say('Saved the judgements');
}

/** The scores at the cursor, of the run that is looked at. */
export async function writeSamples(): Promise<void> {
  if (!project.info) return;
  const step = look.cursor?.step;
  const saved = await attempt(call('shell.writeSamples', { ...look.where, ...(step !== undefined && { step }) })); // prettier-ignore
  if (saved) notices.say(`${plural(saved.files, 'file')} of samples (${bytes(saved.bytes)}) lie in ${saved.shownPath}`); // prettier-ignore
}

/** Classes, pairs and scores down to tokens, for pandas, R and DuckDB. */
export async function writeParquet(): Promise<void> {
  if (!project.info) return;
  const saved = await attempt(call('shell.writeParquet'));
  if (saved) notices.say(`${plural(saved.files, 'table')} (${bytes(saved.bytes)}) lie in ${saved.shownPath}`); // prettier-ignore
}

export const openPacked = (): Promise<unknown> => attempt(call('shell.unpackProject'));
