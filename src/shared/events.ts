// Events carry whole snapshots, so a missed one does no harm.
import type { ProjectInfo, RunRow } from './domain.ts';
import type { ExperimentRow } from './experiment.ts';
import type { NgramRow } from './ngram.ts';
import type { SweepRow } from './sweeps.ts';

export interface Events {
  /** The open project, or null after it was closed. */
  'project.changed': ProjectInfo | null;
  'run.progressed': RunRow;
  /** All score rows of one checkpoint, suite and profile are stored. */
  'checkpoint.scored': { runId: number; step: number; suiteId: number; profile: string };
  'ngrams.progressed': NgramRow;
  'experiment.progressed': ExperimentRow;
  'sweep.progressed': SweepRow;
  /** Classes whose statistics over training are computed, of all of a selection, once before its first answer. */
  'analysis.progressed': { done: number; of: number; remainingMs: number };
  /** A long piece of writing out of the project (or of a packed one into it), from 0 to 1; null once it has ended. */
  'writing.progressed': { what: string; share: number; remainingMs: number | null } | null;
  'annotations.changed': { canUndo: string | null; canRedo: string | null };
  /** Lists of corpora, suites or tokenizers changed. */
  'library.changed': Record<string, never>;
  /** TensorFlow is fetched or put in place; up to a share of 1. */
  'engine.progressed': { stage: 'downloading' | 'unpacking'; share: number };
  /** The lab process died; the shell restarts it once. */
  'lab.died': { restarting: boolean; message: string };
  /** An address of ours came from outside; `shell.takeAddress` has it. */
  'address.came': Record<string, never>;
  /** A menu item was chosen; the window does what it says. Editing text is the menu's own affair. */
  'menu.command': { command: MenuCommand };
}

/** What the application menu asks of the window. */
export type MenuCommand =
  | 'project.new'
  | 'project.open'
  | 'project.close'
  | 'run.new'
  | 'corpus.add'
  | 'suite.add'
  | 'blimp.get'
  | 'suite.write'
  | 'scores.import'
  | 'models.import'
  | 'judgements.import'
  | 'project.pack'
  | 'project.unpack'
  | 'export.all'
  | 'report.write'
  | 'annotations.undo'
  | 'annotations.redo'
  | 'palette.show'
  | 'glossary.show'
  | 'keys.show'
  | 'diagnostics.save'
  | 'licences.show';

export type EventName = keyof Events;
export type Emit = <E extends EventName>(event: E, payload: Events[E]) => void;
export const eventNames = [
  'project.changed',
  'run.progressed',
  'checkpoint.scored',
  'ngrams.progressed',
  'experiment.progressed',
  'sweep.progressed',
  'analysis.progressed',
  'writing.progressed',
  'annotations.changed',
  'library.changed',
  'engine.progressed',
  'lab.died',
  'address.came',
  'menu.command',
] as const satisfies readonly EventName[];
