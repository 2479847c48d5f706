// The study repeated on one run, as files.
import fs from 'node:fs';
import path from 'node:path';
import { labApi, type Handlers, type labServes } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import { reportFiles, type ReportContent } from '../../export/index.ts';
import { getSuite } from '../../store/library.ts';
import { getRunDetail } from '../../store/runs.ts';
import { resourcePath } from '../../suite/index.ts';
import { evidenceHandlers } from '../entrenchment/evidence.ts';
import { hypothesisHandlers } from '../bigrams/hypothesis.ts';
import { opened, type Lab } from '../lab.ts';
import { findScorings } from '../views/selection.ts';
import { trajectoryHandlers } from '../entrenchment/trajectories.ts';
import { writing } from './writing.ts';

export const reportHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, 'report.write'> => {
  const analysis = { ...trajectoryHandlers(lab), ...evidenceHandlers(lab), ...hypothesisHandlers(lab) }; // prettier-ignore

  async function hypothesisOf(
    selection: { runId: number; suiteId: number; profile: string },
    rule: ReportContent['entrenchment']['rule'],
  ): Promise<ReportContent['hypothesis']> {
    try {
      return await analysis['hypothesis.get'](labApi['hypothesis.get'].params.parse({ ...selection, rule })); // prettier-ignore
    } catch (error) {
      if (error instanceof AppError && error.code === 'not-found')
        return { missing: error.message };
      throw error;
    }
  }

  return {
    'report.write': ({ path: folder, step, rule, shapeRule, ...given }) =>
      writing(lab, 'Report', async (w) => {
        const { project } = opened(lab);
        const { db } = project;
        const found = findScorings(db, given);
        const selection = {
          runId: found.runId,
          suiteId: found.suiteId,
          profile: found.profile.name,
        };
        w.expect(5);
        const part = async <T>(figures: Promise<T> | T): Promise<T> => {
          const value = await figures;
          w.did(1);
          await w.rest();
          return value;
        };
        const files = reportFiles({
          project: project.name,
          version: softwareVersion(),
          at: new Date(),
          run: getRunDetail(db, found.runId),
          suite: getSuite(db, found.suiteId),
          profile: found.profile,
          separation: await part(analysis['separation.get']({ ...selection, step })),
          entrenchment: await part(analysis['entrenchment.get']({ ...selection, rule, shapeRule })),
          evidence: await part(analysis['evidence.list']({ ...selection, step })),
          headline: await part(analysis['headline.get']({ ...selection, step, rule, shapeRule })),
          hypothesis: await part(hypothesisOf(selection, rule)),
        });
        return write(path.resolve(folder), files);
      }),
  };
};

const softwareVersion = (): string =>
  (JSON.parse(fs.readFileSync(resourcePath('../package.json'), 'utf8')) as { version: string })
    .version;

/** @throws AppError 'bad-file' where the folder cannot be written */
function write(folder: string, files: Record<string, string>) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text); // prettier-ignore
  } catch (error) {
    throw new AppError('bad-file', `The report cannot be written to ${folder}. Choose another folder.`, String(error)); // prettier-ignore
  }
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { files: Object.keys(files), bytes };
}
