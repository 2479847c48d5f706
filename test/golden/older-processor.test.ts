// A processor without AVX-512, which oneDNN can be told to take this one for: products are others there, and asking for
// the wrong ones would end the process, so that this runs in one of its own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('trains in both number formats without AVX-512', () => {
  const bench = join(import.meta.dirname, '../../bench/train.ts');
  for (const precision of ['fp32', 'bf16']) {
    const options = ['--model', 'nano', '--batch', '2', '--tokens', '16', '--steps', '5', '--precision', precision]; // prettier-ignore
    const env = { ...process.env, ONEDNN_MAX_CPU_ISA: 'AVX2' };
    const done = spawnSync(process.execPath, [bench, ...options], { env, encoding: 'utf8' });
    expect(done.status, done.stderr).toBe(0);
    const { losses } = JSON.parse(done.stdout) as { losses: number[] };
    expect(losses).toHaveLength(5);
    expect(losses.every((nats) => nats > 1 && nats < 20)).toBe(true);
  }
}, 120_000);
