// Taking a project's numbers out.
import path from 'node:path';
import type { Handlers, labServes } from '../../../shared/api.ts';
import { exportAll } from '../export/index.ts';
import { opened, type Lab } from './lab.ts';

export const exportHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, 'export.all'> => ({
  'export.all': ({ path: file }) => {
    const { project } = opened(lab);
    return exportAll(project.db, project.name, path.resolve(file));
  },
});
