// The demo: one run of the preset `nano` on the embedded corpus, scored on all of the starter suite.
import type { labServes, Params, Result } from './api.ts';
import { profiles, type RunRow } from './domain.ts';
import { AppError } from './errors.ts';

/** Who calls the lab: the shell, or a command line's session. Failures are thrown. */
interface Caller {
  call<N extends keyof typeof labServes>(
    name: N,
    params: Params<typeof labServes, N>,
  ): Promise<Result<typeof labServes, N>>;
}

/** Starts the demo's run in the open project, with its corpus and suite. */
export async function startDemoRun(lab: Caller): Promise<RunRow> {
  const preset = (await lab.call('presets.list', {})).find(({ name }) => name === 'nano');
  const profile = profiles['gardenpath'];
  if (!preset || !profile) throw new AppError('internal', 'This build lacks the demo’s preset.');
  const corpus = await lab.call('corpora.addEmbedded', {});
  const suite = await lab.call('suites.addStarter', {});
  return lab.call('runs.start', {
    name: 'Demo',
    config: {
      preset: preset.name,
      corpusId: corpus.id,
      tokenizerId: null,
      model: preset.model,
      training: preset.training,
      scoring: { suiteIds: [suite.id], profile, pairsPerClass: null },
    },
  });
}
