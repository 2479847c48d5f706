// TensorFlow put in place in an installed app, and what a report of a fault may tell.
import fs from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../../shared/api.ts';
import type { Diagnostics, engineMethods } from '../../../shared/engine-api.ts';
import { enginePins } from '../../../shared/downloads.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import { installEngine } from '../engine/install.ts';
import { listRuns } from '../store/runs.ts';
import { tableSizes } from '../store/sql.ts';
import type { Lab } from './lab.ts';

export const engineHandlers = (lab: Lab): Handlers<typeof engineMethods> => ({
  'engine.install': async ({ path: wheel }) => {
    const pin = enginePins[`${process.platform}-${process.arch}`];
    const { GARDENPATH_ENGINE: folder, GARDENPATH_ADDON: addon } = process.env;
    if (!pin || !folder || !addon)
      throw new AppError('bad-config', 'Here TensorFlow is put in place by “npm run setup” in Gardenpath’s folder.'); // prettier-ignore
    let told = -1;
    await installEngine(wheel, pin, { addon, folder }, (share) => {
      const percent = Math.floor(100 * share);
      if (percent !== told) lab.emit('engine.progressed', { stage: 'unpacking', share });
      told = percent;
    });
    return lab.engine();
  },

  'diagnostics.get': async () => ({
    engine: await lab.engine().then((info) => ({ ...info, problem: null }), (error: unknown) => ({ problem: toErrorReply(error).code })), // prettier-ignore
    project: projectFigures(lab),
  }),
});

function projectFigures({ opened }: Lab): Diagnostics['project'] {
  if (!opened) return null;
  const { db, folder, readOnlyReason, schemaVersion } = opened.project;
  return {
    schemaVersion,
    readOnly: readOnlyReason !== null,
    fileBytes: fs.statSync(path.join(folder, 'project.sqlite')).size,
    rows: tableSizes(db),
    runs: listRuns(db).map(({ state, step, totalSteps, parameters, error }) => ({ state, step, totalSteps, parameters, failed: error !== null })), // prettier-ignore
  };
}
