// A window that somebody took over: every method of the contract with parameters that fit it, nearly fit it, or do not.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { labApi, labServes, shellApi } from '../../src/shared/api.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { amount, seed, tried } from './budget.ts';
import { fitting, nearlyFitting, type JsonSchema } from './from-schema.ts';
import { sound } from './killing.ts';

let folder: string;
let lab: RunningLab;
/** A plan for a cluster names a folder there; the shell asks the person before such a call goes on (src/main/ipc.ts). */
const asked = ['sweeps.preview', 'sweeps.start'];
const made = { classes: 3, pairs: 6, checkpoints: 3, runs: 2 };
const project = (): string => path.join(folder, 'project');
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-contract-'));
  makeProject(project(), made).close();
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  expect(await lab.call('project.open', { path: project() })).toMatchObject({ ok: true });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const schemaOf = (params: z.ZodType): JsonSchema => z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as JsonSchema; // prettier-ignore
const methods = Object.entries({ ...labServes, ...shellApi }) as [string, { params: z.ZodType }][];
/** Would train or measure a model for minutes: their parameters are checked, their work is not done here. */
const heavy = /^(runs\.(start|estimate|resume|extend)|experiments\.create|sweeps\.|model\.)/;

describe('parameters of every method', () => {
  it('are taken or refused, and nothing else happens', (context) => {
    const each = amount(30, 2_000);
    for (const [, { params }] of methods)
      fc.assert(
        fc.property(nearlyFitting(schemaOf(params)), (value) => {
          const parsed = params.safeParse(value);
          return parsed.success || parsed.error.issues.length > 0;
        }),
        { numRuns: each, seed, verbose: 0 },
      );
    tried(context, `${methods.length} methods, ${(each * methods.length).toLocaleString('en')} sets of parameters`); // prettier-ignore
  });

  it('never hold a path or SQL where the window can call', () => {
    // By name: the contract calls a path `path`, and labPrivateApi alone has any.
    const withPath = (schema: JsonSchema): boolean =>
      Object.entries(schema.properties ?? {}).some(([key, of]) => (/^(paths?|files?|folders?|sql)$/i.test(key) && !of.enum) || withPath(of)); // prettier-ignore
    const public_ = Object.entries({ ...labApi, ...shellApi }) as [string, { params: z.ZodType }][];
    expect(public_.filter(([, { params }]) => withPath(schemaOf(params))).map(([name]) => name)).toEqual(asked); // prettier-ignore
  });

  it('lead to an answer or a reason, in an open project', async (context) => {
    const served = (Object.entries(labApi) as [string, { params: z.ZodType }][]).filter(([name]) => !heavy.test(name)); // prettier-ignore
    const each = amount(15, 400);
    const codes = new Map<string, number>();
    for (const [name, { params }] of served) {
      const schema = schemaOf(params);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            { arbitrary: fitting(schema), weight: 4 },
            { arbitrary: nearlyFitting(schema), weight: 1 },
          ),
          async (value) => {
            // prettier-ignore
            const reply = await lab.call(name, value);
            const code = reply.ok ? 'ok' : reply.error.code;
            codes.set(code, (codes.get(code) ?? 0) + 1);
            if (!reply.ok && code === 'internal')
              throw new Error(`${name}: ${reply.error.message} ${reply.error.detail ?? ''}`);
            structuredClone(reply); // it goes to the window
          },
        ),
        { numRuns: each, seed, includeErrorInReport: true },
      );
    }
    expect(codes.get('ok')).toBeGreaterThan(100);
    expect(codes.get('bad-params')).toBeGreaterThan(10);
    await lab.call('project.close', {});
    expect(sound(project())?.pairs).toBeGreaterThan(0);
    tried(context, `${served.length} methods, ${(each * served.length).toLocaleString('en')} calls: ${[...codes].map(([code, n]) => `${n} ${code}`).join(', ')}`); // prettier-ignore
  });

  it('of strangers’ names are nobody’s', async () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', '', 'project', 'project.'])
      expect(await lab.call(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-method' } }); // prettier-ignore
  });
});
