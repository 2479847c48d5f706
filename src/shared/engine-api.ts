// TensorFlow for an installed app, and what goes into the report of a fault.
import { z } from 'zod';
import type { EngineInfo, RunState } from './domain.ts';
import { nothing, returns } from './method.ts';

/** What may be told of a project: numbers and words of ours, never a text, a name or a path. */
export interface Diagnostics {
  engine: Partial<EngineInfo> & { problem: string | null };
  /** null: none is open. */
  project: {
    schemaVersion: number;
    readOnly: boolean;
    fileBytes: number;
    /** Rows of each table. */
    rows: Record<string, number>;
    runs: {
      state: RunState;
      step: number;
      totalSteps: number;
      parameters: number;
      failed: boolean;
    }[];
  } | null;
}

/** Served by the shell. null: the person cancelled. */
export const engineDialogs = {
  /** Asks whether TensorFlow may be downloaded, or which file has it, and puts it in its place. */
  'shell.getEngine': returns<EngineInfo | null>()(nothing),
  /** Asks where, then saves `diagnostics.get` and the versions of what runs. */
  'shell.saveDiagnostics': returns<{ saved: boolean }>()(nothing),
  /** Shows the licences of all that the app is made of, in the program that the system opens texts with. */
  'shell.showLicences': returns<null>()(nothing),
  /** Versions and licences, as the menu's About shows them. */
  'shell.showAbout': returns<null>()(nothing),
};

/** Served by the lab, called by the shell and the command line only. */
export const engineMethods = {
  /** Checks the wheel at `path` against its pin and unpacks TensorFlow from it. */
  'engine.install': returns<EngineInfo>()(z.strictObject({ path: z.string() })),
  'diagnostics.get': returns<Diagnostics>()(nothing),
};
