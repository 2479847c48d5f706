// The demo project: the embedded corpus, the starter suite and one run of the preset `nano`, each made
// only where it is missing, so that opening the demo again opens what is there.
import { profiles } from '../shared/domain.ts';
import { AppError } from '../shared/errors.ts';
import type { LabHost } from './lab-host.ts';

/** Fills the open project. */
export async function openDemo(lab: LabHost): Promise<void> {
  if ((await lab.call('runs.list', {})).length > 0) return;
  const preset = (await lab.call('presets.list', {})).find(({ name }) => name === 'nano');
  const profile = profiles['gardenpath'];
  if (preset === undefined || profile === undefined)
    throw new AppError('internal', 'This build lacks the demo’s preset.');
  const corpus =
    (await lab.call('corpora.list', {}))[0] ?? (await lab.call('corpora.addEmbedded', {}));
  const suite = (await lab.call('suites.list', {}))[0] ?? (await lab.call('suites.addStarter', {}));
  await lab.call('runs.start', {
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
