// The Bigram Hypothesis put to the test on one run.
import type { Handlers, labApi } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Lab } from './lab.ts';

export const hypothesisHandlers = (_lab: Lab): Pick<Handlers<typeof labApi>, 'hypothesis.get'> => ({
  'hypothesis.get': () => {
    throw new AppError('not-found', 'Not yet.');
  },
});
