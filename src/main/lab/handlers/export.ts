// Taking a project's numbers out.
import path from 'node:path';
import type { Handlers, labServes } from '../../../shared/api.ts';
import {
  exportAll,
  packProject,
  unpackProject,
  writeParquet,
  writeSamples,
} from '../export/index.ts';
import { requireScores } from './choices.ts';
import { opened, readable, type Lab } from './lab.ts';
import { tokenTexts } from './token-texts.ts';
import { atStep, findScorings } from './selection.ts';

type ExportMethod =
  'export.all' | 'samples.write' | 'parquet.write' | 'project.pack' | 'project.unpack';

export const exportHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, ExportMethod> => ({
  'project.pack': ({ path: file, weights }) =>
    packProject(opened(lab).project, { path: path.resolve(file), weights }),
  'project.unpack': ({ path: file, folder }) => unpackProject(path.resolve(file), path.resolve(folder)), // prettier-ignore
  'samples.write': ({ path: folder, step, ...selection }) => {
    const db = readable(lab);
    const found = findScorings(db, selection);
    requireScores(db, found.runId, 'scores to write');
    const { suiteId, profile } = found;
    return writeSamples(db, { suiteId, profile, scoringId: atStep(found, step).id, folder: path.resolve(folder) }); // prettier-ignore
  },
  'parquet.write': ({ path: folder }) => {
    const db = readable(lab);
    return writeParquet(db, (id) => tokenTexts(db, id), path.resolve(folder));
  },
  'export.all': ({ path: file }) => {
    const { project } = opened(lab);
    const { db, name: projectName } = project;
    return exportAll(db, { projectName, tokenTexts: (id) => tokenTexts(db, id), path: path.resolve(file) }); // prettier-ignore
  },
});
