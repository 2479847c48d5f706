// Calls that have other programs run lines of shell: the person is asked outside of the window, which cannot answer.
import { dialog, type BrowserWindow } from 'electron';
import { z } from 'zod';
import { SweepPlan } from '../shared/sweeps.ts';
import { AppError } from '../shared/errors.ts';
import type { LabHost } from './lab-host.ts';

const OnCluster = z.object({ plan: SweepPlan, place: z.literal('slurm') });
const OfSweep = z.object({ id: z.int() });

/**
 * Lets a call pass, or asks first where it hands jobs to a cluster.
 * @throws AppError 'cancelled' where the person does not want it
 */
export async function consent(
  name: string,
  params: unknown,
  lab: LabHost,
  window: BrowserWindow,
): Promise<void> {
  const what = await jobsOf(name, params, lab);
  if (what === null) return;
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: `Hand jobs of the sweep “${what.name}” to Slurm?`,
    detail: what.detail,
    buttons: ['Hand over', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response !== 0) throw new AppError('cancelled', 'Nothing was handed to Slurm.');
}

async function jobsOf(name: string, params: unknown, lab: LabHost) {
  if (name === 'sweeps.start') {
    const { success, data } = OnCluster.safeParse(params);
    if (!success) return null; // here, or refused by the lab
    const { ssh, before, options } = data.plan.resources;
    const lines = [...before, ...options.map((option) => `#SBATCH ${option}`), ...(ssh ? [ssh.gardenpath] : [])]; // prettier-ignore
    const shown = lines.length > 0 ? `Its jobs run these lines:\n${lines.join('\n').slice(0, 2_000)}` : 'Its plan adds no lines of shell.'; // prettier-ignore
    return { name: data.plan.name, detail: `${ssh ? `On ${ssh.host}.\n` : ''}${shown}` };
  }
  if (name !== 'sweeps.resume' && name !== 'sweeps.retry') return null;
  const { success, data } = OfSweep.safeParse(params);
  const sweep = success ? (await lab.call('sweeps.list', {})).find(({ id }) => id === data.id) : undefined; // prettier-ignore
  if (sweep?.place !== 'slurm') return null;
  return { name: sweep.name, detail: 'Its plan is stored in this project and may hold lines of shell. Go on only if you made the project, or trust who did.' }; // prettier-ignore
}
