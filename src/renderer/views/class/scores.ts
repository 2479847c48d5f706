// The sentence scores of a class by checkpoint, asked for once each: scrubbing back and forth asks nothing.
import type { labApi, Params, Result } from '../../../shared/api.ts';
import { call } from '../../client.ts';
import { look } from '../../state/look.svelte.ts';

type Question = Params<typeof labApi, 'classes.distribution'>;
type Scores = Result<typeof labApi, 'classes.distribution'>;

let known = new Map<string, Promise<Scores>>();
/** What the known scores belong to: when a checkpoint is scored the trajectories are others. */
let knownFor: unknown;

export function scoresAt(question: Question): Promise<Scores> {
  if (knownFor !== look.trajectories) {
    known = new Map();
    knownFor = look.trajectories;
  }
  const key = JSON.stringify(question);
  const answer = known.get(key) ?? call('classes.distribution', question);
  known.set(key, answer);
  answer.catch(() => known.delete(key));
  return answer;
}
