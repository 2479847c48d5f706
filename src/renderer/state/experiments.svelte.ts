// The experiments of the project.
import type { ExperimentRow } from '../../shared/experiment.ts';
import { call, on } from '../client.ts';
import { LiveList } from './live-list.svelte.ts';

let instance: LiveList<ExperimentRow>;
$effect.root(() => {
  instance = new LiveList(
    () => call('experiments.list'),
    (show) => on('experiment.progressed', show),
  );
});
export const experiments = instance!;
