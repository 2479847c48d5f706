// N-gram models beside the model under study.
import type { Handlers, labApi } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Lab } from './lab.ts';

type NgramMethod =
  | 'ngrams.list'
  | 'ngrams.start'
  | 'ngrams.cancel'
  | 'ngrams.classes'
  | 'ngrams.pair'
  | 'ngrams.concordance'
  | 'ngrams.agreement'
  | 'ngrams.split'
  | 'hypothesis.get'
  | 'experiments.list'
  | 'experiments.get'
  | 'experiments.create';

export const ngramHandlers = (_lab: Lab): Pick<Handlers<typeof labApi>, NgramMethod> => {
  const none = (): never => {
    throw new AppError('not-found', 'The corpus has not been counted yet.');
  };
  return {
    'ngrams.list': () => [],
    'ngrams.start': none,
    'ngrams.cancel': none,
    'ngrams.classes': none,
    'ngrams.pair': none,
    'ngrams.concordance': none,
    'ngrams.agreement': none,
    'ngrams.split': none,
    'hypothesis.get': none,
    'experiments.list': () => [],
    'experiments.get': none,
    'experiments.create': none,
  };
};
