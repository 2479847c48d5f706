// Known weaknesses of the packages that the app is made of, asked of the registry; only in full, since it takes a network.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { isFull, tried } from './budget.ts';

it('no package that ships has a known weakness of high or critical severity', (context) => {
  if (!isFull) return context.skip('asks the registry: npm run reliability -- audit');
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: path.join(import.meta.dirname, '../..'), encoding: 'utf8' }); // prettier-ignore
  const report = JSON.parse(stdout) as { error?: unknown; metadata?: { vulnerabilities: Record<string, number>; dependencies: Record<string, number> }; vulnerabilities?: Record<string, { severity: string }> }; // prettier-ignore
  if (!report.metadata) return context.skip('the registry at hand answers no audits');
  const { vulnerabilities, dependencies } = report.metadata;
  const grave = Object.entries(report.vulnerabilities ?? {}).filter(([, { severity }]) => ['high', 'critical'].includes(severity)).map(([name]) => name); // prettier-ignore
  tried(context, `${dependencies['prod'] ?? 0} packages that ship: ${Object.entries(vulnerabilities).map(([severity, n]) => `${n} ${severity}`).join(', ')}${grave.length > 0 ? `; grave: ${grave.join(', ')}` : ''}`); // prettier-ignore
  expect(grave).toEqual([]);
});
