// One handler for every method that the lab serves.
import type { Handlers, labServes } from '../../../shared/api.ts';
import { annotationHandlers } from './annotations.ts';
import type { Lab } from './lab.ts';
import { draftHandlers } from './drafts.ts';
import { experimentHandlers } from './experiments.ts';
import { evidenceHandlers } from './evidence.ts';
import { engineHandlers } from './engine.ts';
import { exportHandlers } from './export.ts';
import { importHandlers } from './import-models.ts';
import { importScoresHandlers } from './import-scores.ts';
import { handoverHandlers } from './handover.ts';
import { hypothesisHandlers } from './hypothesis.ts';
import { libraryHandlers } from './library.ts';
import { modelHandlers } from './model.ts';
import { ngramHandlers } from './ngrams.ts';
import { projectHandlers } from './projects.ts';
import { reportHandlers } from './report.ts';
import { runHandlers } from './runs.ts';
import { sweepFindingHandlers } from './sweep-findings.ts';
import { sweepPlanHandlers } from './sweep-plans.ts';
import { sweepHandlers } from './sweeps.ts';
import { trajectoryHandlers } from './trajectories.ts';
import { viewHandlers } from './views.ts';
import { workbenchHandlers } from './workbench.ts';

export type LabHandlers = Handlers<typeof labServes>;

export const labHandlers = (lab: Lab) =>
  ({
    ...projectHandlers(lab),
    ...libraryHandlers(lab),
    ...draftHandlers(lab),
    ...runHandlers(lab),
    ...importHandlers(lab),
    ...importScoresHandlers(lab),
    ...viewHandlers(lab),
    ...annotationHandlers(lab),
    ...workbenchHandlers(lab),
    ...modelHandlers(lab),
    ...exportHandlers(lab),
    ...engineHandlers(lab),
    ...handoverHandlers(lab),
    ...ngramHandlers(lab),
    ...hypothesisHandlers(lab),
    ...experimentHandlers(lab),
    ...sweepHandlers(lab),
    ...sweepPlanHandlers(lab),
    ...sweepFindingHandlers(lab),
    ...trajectoryHandlers(lab),
    ...evidenceHandlers(lab),
    ...reportHandlers(lab),
  }) satisfies LabHandlers;
