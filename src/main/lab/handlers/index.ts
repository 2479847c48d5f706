// One handler for every method that the lab serves.
import type { Handlers, labServes } from '../../../shared/api.ts';
import { annotationHandlers } from './views/annotations.ts';
import type { Lab } from './lab.ts';
import { draftHandlers } from './in-out/drafts.ts';
import { experimentHandlers } from './bigrams/experiments.ts';
import { evidenceHandlers } from './entrenchment/evidence.ts';
import { engineHandlers } from './engine.ts';
import { exportHandlers } from './in-out/export.ts';
import { importHandlers } from './in-out/import-models.ts';
import { importScoresHandlers } from './in-out/import-scores.ts';
import { handoverHandlers } from './in-out/handover.ts';
import { hypothesisHandlers } from './bigrams/hypothesis.ts';
import { libraryHandlers } from './library.ts';
import { modelHandlers } from './views/model.ts';
import { ngramHandlers } from './bigrams/ngrams.ts';
import { projectHandlers } from './projects.ts';
import { reportHandlers } from './in-out/report.ts';
import { runHandlers } from './runs.ts';
import { sweepFindingHandlers } from './sweeps/sweep-findings.ts';
import { sweepPlanHandlers } from './sweeps/sweep-plans.ts';
import { sweepHandlers } from './sweeps/sweeps.ts';
import { trajectoryHandlers } from './entrenchment/trajectories.ts';
import { viewHandlers } from './views/views.ts';
import { workbenchHandlers } from './views/workbench.ts';

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
