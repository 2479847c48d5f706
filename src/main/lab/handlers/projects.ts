// Making, opening and closing the one open project.
import path from 'node:path';
import type { Handlers, labServes } from '../../../shared/api.ts';
import type { ProjectInfo } from '../../../shared/domain.ts';
import { createProject, openProject, type Project } from '../store/project.ts';
import { projectInfo, type Lab } from './lab.ts';

type ProjectMethod = 'project.info' | 'project.create' | 'project.open' | 'project.close';

export const projectHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, ProjectMethod> => {
  let turn: Promise<unknown> = Promise.resolve();
  /** One change of project at a time: the one before it must have given back its lock. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const result = turn.then(change);
    turn = result.catch(() => undefined);
    return result;
  };
  const show = (open: () => Project): Promise<ProjectInfo> =>
    inTurn(async () => {
      await lab.closeProject();
      const project = open();
      lab.open(project);
      const info = projectInfo(project);
      lab.emit('project.changed', info);
      return info;
    });
  return {
    'project.info': () => lab.opened && projectInfo(lab.opened.project),
    'project.create': ({ path: folder }) => show(() => createProject(path.resolve(folder))),
    'project.open': ({ path: folder }) => show(() => openProject(path.resolve(folder))),
    'project.close': () =>
      inTurn(async () => {
        await lab.closeProject();
        lab.emit('project.changed', null);
        return null;
      }),
  };
};
