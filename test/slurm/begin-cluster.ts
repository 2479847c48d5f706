// A Slurm of a test's own (cluster.sh), in a folder and on ports of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../../scripts/setup/say.mjs';
import { needPackages, which } from '../../scripts/setup/system.mjs';

export interface Cluster {
  folder: string;
  /** Why Slurm cannot be tried here; null: it runs, and SLURM_CONF leads to it. */
  why: string | null;
}

const script = fileURLToPath(new URL('cluster.sh', import.meta.url));
const programs = ['slurmctld', 'slurmd', 'sbatch', 'munged'];
const packages = ['slurmctld', 'slurmd', 'slurm-client', 'munge', 'slurm-wlm-basic-plugins'];
const ofAccounts = ['slurmdbd', 'mariadbd'];
const accountPackages = ['slurmdbd', 'slurm-wlm-mysql-plugin', 'mariadb-server'];

export interface WantsCluster {
  /** The first of some twenty. */
  port: number;
  /** Whether ended jobs are told of by accounts. */
  accounting?: boolean;
}

export async function beginCluster(wants: WantsCluster): Promise<Cluster> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-slurm-'));
  const why = await lacking(folder, wants);
  if (why === null) process.env['SLURM_CONF'] = path.join(folder, 'slurm.conf');
  return { folder, why };
}

export function endCluster({ folder }: Cluster): void {
  spawnSync('bash', [script, 'stop', folder]);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Starts the daemon of a node (again). */
export const startNode = ({ folder }: Cluster, node: string): void =>
  void spawnSync('bash', [script, 'node', folder, node]);

async function lacking(
  folder: string,
  { port, accounting = false }: WantsCluster,
): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'A Slurm of one’s own is started by root on Linux only.'; // prettier-ignore
  try {
    const wanted = [...programs, ...(accounting ? ofAccounts : [])];
    if (!wanted.every((program) => which(program))) await needPackages('Slurm', [...packages, ...(accounting ? accountPackages : [])]); // prettier-ignore
    execFileSync('bash', [script, 'start', folder, String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ACCOUNTING: accounting ? '1' : '' },
    });
    return null;
  } catch (error) {
    if (error instanceof SetupError) return `${error.message} ${error.remedy ?? ''}`;
    return `Slurm does not start here: ${error instanceof Error ? error.message : String(error)}`;
  }
}
