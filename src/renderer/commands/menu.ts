// What the application's menu asks of the window.
import type { MenuCommand } from '../../shared/events.ts';
import { call } from '../client.ts';
import { attempt } from '../state/notices.svelte.ts';
import { project } from '../state/project.svelte.ts';
import { route } from '../state/route.svelte.ts';

/** The menu's commands but those that App itself answers. */
export const menuActions: Partial<Record<MenuCommand, () => void>> = {
  'project.new': () => void attempt(call('shell.newProject')),
  'project.open': () => void attempt(call('shell.openProject')),
  'project.close': () => void attempt(call('shell.closeProject')),
  'run.new': () => {
    if (project.info) route.go({ page: 'new-run' });
  },
  'corpus.add': () => void attempt(call('shell.addCorpus')),
  'suite.add': () => void attempt(call('shell.addSuite', { from: 'file' })),
  'annotations.undo': () => void project.undo(),
  'annotations.redo': () => void project.redo(),
};
