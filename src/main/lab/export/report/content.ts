// All that a report is made of: what the lab answers about one run, suite and profile.
import type { Profile, RunDetail, SuiteInfo } from '../../../../shared/domain.ts';
import type { HypothesisReport } from '../../../../shared/ngram.ts';
import type {
  EntrenchmentReport,
  EvidenceReport,
  Headline,
  SeparationReport,
} from '../../../../shared/trajectories.ts';

export interface ReportContent {
  project: string;
  /** Of Gardenpath. */
  version: string;
  at: Date;
  run: RunDetail;
  suite: SuiteInfo;
  profile: Profile;
  separation: SeparationReport;
  entrenchment: EntrenchmentReport;
  evidence: EvidenceReport;
  headline: Headline;
  /** Why there is none, and what to do. */
  hypothesis: HypothesisReport | { missing: string };
}

export const runName = ({ run }: ReportContent): string =>
  run.name ? `Run ${run.id}, ${run.name}` : `Run ${run.id}`;
