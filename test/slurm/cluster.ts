// What tests of a cluster begin with: a Slurm of their own, and a project that hands sweeps to it.
import fs from 'node:fs';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openSweepLab, type SweepLab } from '../fixtures/sweep.ts';
import { beginCluster, endCluster, type Cluster, type WantsCluster } from './begin-cluster.ts';

interface Wants extends WantsCluster {
  /** What else must be there before the project is opened; says why it is not. */
  also?: (cluster: Cluster) => Promise<string | null>;
}

/** For all tests of a file, which are skipped where one cannot be had; filled in before the first. */
export function withCluster(wants: Wants): { cluster: Cluster; lab: SweepLab } {
  const here = {} as { cluster: Cluster; lab: SweepLab };
  let lab: SweepLab | undefined;
  beforeAll(async () => {
    const cluster = (here.cluster = await beginCluster(wants));
    cluster.why ??= (await wants.also?.(cluster)) ?? null;
    if (cluster.why === null) here.lab = lab = await openSweepLab();
  });
  beforeEach((context) => {
    if (here.cluster.why !== null) context.skip(here.cluster.why);
  });
  afterAll(async () => {
    endCluster(here.cluster);
    await lab?.close();
    if (lab) fs.rmSync(lab.folder, { recursive: true, force: true });
  });
  return here;
}
