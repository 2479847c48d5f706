// What the shell serves the window: parameters and results of dialogs and the clipboard.
import { z } from 'zod';
import type { CorpusInfo, ProjectInfo, TokenizerInfo } from './domain.ts';
import { engineDialogs } from './engine-api.ts';
import { exchangeDialogs } from './exchange-api.ts';
import { nothing, returns } from './method.ts';

export interface RecentProject {
  id: string;
  name: string;
  /** As shown to a person, the home folder as `~`. */
  shownPath: string;
  openedAtMs: number;
  exists: boolean;
}

/** Served by the shell: dialogs, the clipboard, what needs Electron. null: the person cancelled. */
export const shellDialogs = {
  'shell.recents': returns<RecentProject[]>()(nothing),
  'shell.newProject': returns<ProjectInfo | null>()(nothing),
  'shell.openProject': returns<ProjectInfo | null>()(nothing),
  'shell.openRecent': returns<ProjectInfo>()(z.strictObject({ id: z.string().max(100) })),
  'shell.forgetRecent': returns<null>()(z.strictObject({ id: z.string().max(100) })),
  'shell.closeProject': returns<null>()(nothing),
  /** Makes (or reopens) the demo project and starts its run where it has none. */
  'shell.openDemo': returns<ProjectInfo>()(nothing),
  'shell.addCorpus': returns<CorpusInfo | null>()(nothing),
  'shell.addTokenizer': returns<TokenizerInfo | null>()(nothing),
  'shell.saveText': returns<{ saved: boolean }>()(
    z.strictObject({ suggestedName: z.string().max(200), text: z.string().max(50_000_000) }),
  ),
  /** A picture; `base64` is the whole PNG file. */
  'shell.savePng': returns<{ saved: boolean }>()(
    z.strictObject({ suggestedName: z.string().max(200), base64: z.base64().max(70_000_000) }),
  ),
  /** The address that the system handed over last (`gardenpath://…`), once; null: none waits. */
  'shell.takeAddress': returns<string | null>()(nothing),
  /** Asks where, then saves `export.all`'s zip. */
  'shell.exportAll': returns<{ saved: boolean }>()(nothing),
  'shell.copyText': returns<null>()(z.strictObject({ text: z.string().max(5_000_000) })),
  ...exchangeDialogs,
  ...engineDialogs,
};
