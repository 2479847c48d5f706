// Experiments on the Bigram Hypothesis.
import type { Handlers, labApi } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Lab } from './lab.ts';

type ExperimentMethod = 'experiments.list' | 'experiments.get' | 'experiments.create';

export const experimentHandlers = (_lab: Lab): Pick<Handlers<typeof labApi>, ExperimentMethod> => {
  const none = (): never => {
    throw new AppError('not-found', 'Not yet.');
  };
  return { 'experiments.list': () => [], 'experiments.get': none, 'experiments.create': none };
};
