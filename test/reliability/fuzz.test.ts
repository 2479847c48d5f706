// Every parser on damaged, hostile and random inputs: it reads them or says what is wrong, and nothing else happens.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { explained } from '../../src/main/lab/store/failures.ts';
import { amount, seed, tried } from './budget.ts';
import { mutated, type Input } from './mutation.ts';
import { parsers } from './parsers.ts';

const total = amount(12_000, 1_000_000);
const memory = '/dev/shm';
const scratch = fs.mkdtempSync(path.join(fs.existsSync(memory) ? memory : os.tmpdir(), 'gardenpath-fuzz-')); // prettier-ignore
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const all = parsers(scratch);
const weights = all.reduce((sum, { weight }) => sum + weight, 0);

/** The fault, and the input that made it in a file: as text it would fill the screen. */
function faultOf(name: string, { counterexample, errorInstance }: fc.RunDetails<[Input]>): Error {
  const file = path.join(os.tmpdir(), `gardenpath-fault-${name.replace(/\W+/g, '-')}`);
  const [input] = counterexample ?? [];
  if (input) fs.writeFileSync(file, input.bytes);
  return new Error(`${input?.name} (seed ${seed}), kept as ${file}: ${(errorInstance as Error).stack}`, { cause: errorInstance }); // prettier-ignore
}

describe('reads or refuses with a reason', () => {
  beforeAll(() => {
    expect(all.length).toBeGreaterThan(0);
  });

  it.for(all)('$name', async (parser, context) => {
    const { name, weight, seeds, refuses = true } = parser;
    const read = (input: Input): unknown => parser.read(input);
    for (const one of seeds) await read(one); // the good ones are good
    const inputs = Math.ceil((total * weight) / weights);
    let refused = 0;
    const outcome = await fc.check(
      fc.asyncProperty(mutated(seeds), async (input) => {
        try {
          await read(input);
        } catch (error) {
          const reason = explained(error);
          if (!(reason instanceof AppError) || reason.message === '' || reason.code === 'internal')
            throw error;
          refused++;
        }
      }),
      { numRuns: inputs, seed, endOnFailure: true },
    );
    if (outcome.failed) throw faultOf(name, outcome);
    if (refuses) expect(refused, name).toBeGreaterThan(0);
    tried(context, `${inputs.toLocaleString('en')} inputs, ${refused.toLocaleString('en')} of them refused`); // prettier-ignore
  });
});
