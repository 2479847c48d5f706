// Taking a project's numbers out.
import path from 'node:path';
import type { Handlers, labServes } from '../../../../shared/api.ts';
import {
  exportAll,
  packProject,
  unpackProject,
  writeParquet,
  writeSamples,
} from '../../export/index.ts';
import { requireScores } from '../views/choices.ts';
import { opened, readable, type Lab } from '../lab.ts';
import { tokenTexts } from '../views/token-texts.ts';
import { writing } from './writing.ts';
import { atStep, findScorings } from '../views/selection.ts';

type ExportMethod =
  | 'writing.cancel'
  | 'export.all'
  | 'samples.write'
  | 'parquet.write'
  | 'project.pack'
  | 'project.unpack';

export const exportHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, ExportMethod> => ({
  'writing.cancel': () => {
    lab.writing?.abort();
    return null;
  },
  'project.pack': ({ path: file, weights }) =>
    writing(lab, 'Packing', (w) => packProject(opened(lab).project, { path: path.resolve(file), weights }, w)), // prettier-ignore
  'project.unpack': ({ path: file, folder }) =>
    writing(lab, 'Unpacking', (w) => unpackProject(path.resolve(file), path.resolve(folder), w)),
  'samples.write': ({ path: folder, step, ...selection }) => {
    const db = readable(lab);
    const found = findScorings(db, selection);
    requireScores(db, found.runId, 'scores to write');
    const { suiteId, profile } = found;
    return writing(lab, 'Samples', (w) => writeSamples(db, { suiteId, profile, scoringId: atStep(found, step).id, folder: path.resolve(folder) }, w)); // prettier-ignore
  },
  'parquet.write': ({ path: folder }) => {
    const db = readable(lab);
    return writing(lab, 'Parquet', (w) => writeParquet(db, (id) => tokenTexts(db, id), path.resolve(folder), w)); // prettier-ignore
  },
  'export.all': ({ path: file }) => {
    const { project } = opened(lab);
    const { db, name: projectName } = project;
    return writing(lab, 'Export', (w) => exportAll(db, { projectName, tokenTexts: (id) => tokenTexts(db, id), path: path.resolve(file) }, w)); // prettier-ignore
  },
});
