// Separation, entrenched early errors, shapes, and what speaks for a class.
import type { Handlers, labServes } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Lab } from './lab.ts';

type TrajectoryMethod =
  | 'separation.get'
  | 'entrenchment.get'
  | 'shapes.set'
  | 'evidence.list'
  | 'headline.get'
  | 'report.write';

export const trajectoryHandlers = (
  _lab: Lab,
): Pick<Handlers<typeof labServes>, TrajectoryMethod> => {
  const none = (): never => {
    throw new AppError('not-found', 'Not yet.');
  };
  return {
    'separation.get': none,
    'entrenchment.get': none,
    'shapes.set': none,
    'evidence.list': none,
    'headline.get': none,
    'report.write': none,
  };
};
