// One handler for every method that the lab serves.
import type { Handlers, labServes } from '../../../shared/api.ts';
import { annotationHandlers } from './annotations.ts';
import type { Lab } from './lab.ts';
import { libraryHandlers } from './library.ts';
import { projectHandlers } from './projects.ts';
import { runHandlers } from './runs.ts';
import { viewHandlers } from './views.ts';

export type LabHandlers = Handlers<typeof labServes>;

export const labHandlers = (lab: Lab) =>
  ({
    ...projectHandlers(lab),
    ...libraryHandlers(lab),
    ...runHandlers(lab),
    ...viewHandlers(lab),
    ...annotationHandlers(lab),
  }) satisfies LabHandlers;
