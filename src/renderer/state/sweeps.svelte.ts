// The sweeps of the project.
import type { SweepRow } from '../../shared/sweeps.ts';
import { call, on } from '../client.ts';
import { LiveList } from './live-list.svelte.ts';

let instance: LiveList<SweepRow>;
$effect.root(() => {
  instance = new LiveList(
    () => call('sweeps.list'),
    (show) => on('sweep.progressed', show),
  );
});
export const sweeps = instance!;
