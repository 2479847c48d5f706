// What the palette finds: commands, classes, runs, saved views and terms, by a fuzzy match.
import { computeCommandScore } from 'bits-ui';
import { look } from '../state/look.svelte.ts';
import { route } from '../state/route.svelte.ts';
import { runName, runs } from '../state/runs.svelte.ts';
import { sweeps } from '../state/sweeps.svelte.ts';
import { openAddress, savedViews } from '../state/views.svelte.ts';
import { project } from '../state/project.svelte.ts';
import { glossary } from '../views/glossary/terms.ts';
import { commands, keyCaps } from './commands.svelte.ts';

export interface Found {
  /** Different for all. */
  key: string;
  title: string;
  note?: string;
  /** Whether it is found by its note too. */
  byNote?: true;
  caps?: string[];
  run: () => void;
}
export interface FoundGroup {
  title: string;
  found: Found[];
}

/** All there is to find, in groups. `?` and the palette itself are not worth finding. */
function everything(): FoundGroup[] {
  const byTitle = new Map(commands.list.filter(({ keys }) => !keys.includes('$mod+k')).map((each) => [each.title, each])); // prettier-ignore
  const actions = [...byTitle.values()].map((command) => ({
    key: `do ${command.title}`,
    title: command.title,
    note: command.group,
    ...(command.keys[0] !== undefined && { caps: keyCaps(command.keys[0]) }),
    run: () => command.run(),
  }));
  if (!project.info) return [{ title: 'Actions', found: actions }];
  return [
    { title: 'Actions', found: actions },
    {
      title: 'Classes',
      found: [...look.classes, ...look.without].map(({ classId, uid, phenomenon }) => ({
        key: `class ${classId}`,
        title: uid,
        note: phenomenon.replaceAll('_', ' '),
        byNote: true as const,
        run: () => route.go({ page: 'class', classId }),
      })),
    },
    {
      title: 'Runs',
      found: runs.list.map((run) => ({
        key: `run ${run.id}`,
        title: runName(run),
        note: `run ${run.id}, ${run.preset}, ${run.state}`,
        byNote: true as const,
        run: () => route.go({ page: 'run', runId: run.id }),
      })),
    },
    {
      title: 'Sweeps',
      found: sweeps.list.map(({ id, name, stage }) => ({
        key: `sweep ${id}`,
        title: name,
        note: `sweep, ${stage}`,
        byNote: true as const,
        run: () => route.go({ page: 'sweep', id }),
      })),
    },
    {
      title: 'Saved views',
      found: savedViews.list.flatMap(({ id, name, address }) => [
        { key: `view ${id}`, title: name, note: 'open', run: () => openAddress(address) },
        { key: `delete ${id}`, title: `Delete the view “${name}”`, run: () => void savedViews.delete(id) }, // prettier-ignore
      ]),
    },
    {
      title: 'Glossary',
      found: glossary.flatMap(({ title: note, terms }) =>
        terms.map(({ id, name }) => ({
          key: `term ${id}`,
          title: name,
          note,
          run: () => route.go({ page: 'glossary', term: id }),
        })),
      ),
    },
  ];
}

/** Without a text all actions; else the best of each group, the group of the best first. */
export function find(text: string): FoundGroup[] {
  const query = text.trim();
  if (query === '') return everything().filter(({ title }) => title === 'Actions' || title === 'Saved views'); // prettier-ignore
  return everything()
    .map(({ title, found }) => {
      const ranked = found
        .map((each) => ({ each, score: score(each, query) }))
        .filter(({ score }) => score > 0.05)
        .sort((a, b) => b.score - a.score)
        .slice(0, 12);
      return { title, best: ranked[0]?.score ?? 0, found: ranked.map(({ each }) => each) };
    })
    .filter(({ best }) => best > 0)
    .sort((a, b) => b.best - a.best);
}

/** 0 … 1; an underscore is as good as a space. */
const score = ({ title, note = '', byNote }: Found, query: string): number =>
  computeCommandScore(spaced(title), spaced(query), byNote ? [note] : []);
const spaced = (text: string): string => text.replaceAll('_', ' ');
