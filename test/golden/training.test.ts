// Loss, gradients and ten steps of AdamW against PyTorch in float64 (test/golden/generate.py).
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read, scope, tensor } from '../../src/main/lab/engine/ops.ts';
import { causalMask, OptModel, parametersOf, readNumbers } from '../../src/main/lab/model/index.ts';
import { lossAndBackward, Trainer } from '../../src/main/lab/training/index.ts';
import { batchesOf, goldenFolder, largestDifference, readGolden, readParts, trainingOf } from './fixture.ts'; // prettier-ignore

const cases = ['pre', 'post', 'constant'];

describe.each(cases)('gradients of %s', (name) => {
  const golden = readGolden(name);
  const [rows, rowTokens] = [golden.batches[0]!.length, golden.batches[0]![0]!.length];
  const ids = Int32Array.from(golden.batches[0]!.flat());
  const targets = Int32Array.from(golden.batches[0]!.flatMap((row) => row.slice(1)));
  const gradients = new Map<string, Float32Array>();
  let loss = NaN;
  let model: OptModel;
  beforeAll(() => {
    model = OptModel.load(goldenFolder(name));
    scope(() => {
      const input = { ids: tensor(ids, [ids.length]), positions: 'consecutive' as const, mask: causalMask(rowTokens), rows, rowTokens }; // prettier-ignore
      const made = lossAndBackward(model.config, model.weights('fp32'), input, tensor(targets, [targets.length]), undefined); // prettier-ignore
      loss = read(made.loss)[0]!;
      for (const [key, value] of Object.entries(made.gradients)) gradients.set(key, read(value));
    });
  });
  afterAll(() => model.dispose());

  it('has the loss', () => {
    expect(Math.abs(loss - golden.everything.losses[0]!)).toBeLessThan(2e-6);
  });

  it('has every gradient', () => {
    const specs = parametersOf(model.config);
    expect([...gradients.keys()].sort()).toEqual(specs.map((spec) => spec.name).sort());
    for (const spec of specs) {
      const expected = readParts(join(goldenFolder(name), 'gradients.safetensors'), spec);
      const largest = Math.max(...expected.map(Math.abs));
      const difference = largestDifference(gradients.get(spec.name)!, expected);
      expect(difference / largest, spec.name).toBeLessThan(2e-5);
    }
  });
});

describe.each(cases)('ten steps of %s', (name) => {
  const golden = readGolden(name);
  const decays = (['everything', 'matrices'] as const).filter((on) => golden[on]);
  it.each(decays)('decay on %s', (on) => {
    const config = trainingOf(golden, on);
    const trainer = Trainer.of(OptModel.load(goldenFolder(name)), config, batchesOf(golden));
    const log = golden[on]!;
    for (let step = 0; step < config.totalSteps; step++) {
      const report = trainer.trainStep();
      expect(report.learningRate).toBeCloseTo(log.rates[step]!, 12);
      expect(Math.abs(report.lossNats / log.losses[step]! - 1), `loss ${step}`).toBeLessThan(2e-5);
      expect(Math.abs(report.gradientNorm / log.norms[step]! - 1), `norm ${step}`).toBeLessThan(
        1e-4,
      );
    }
    // The gradient of k's bias is zero in theory: what Adam makes of its rounding errors is noise.
    const { hiddenSize: H } = trainer.model.config;
    const withoutKeyBias = (numbers: ArrayLike<number>, key: string) =>
      key.endsWith('qkv_proj.bias') ? Array.from(numbers).toSpliced(H, H) : numbers;
    for (const spec of parametersOf(trainer.model.config)) {
      const after = readNumbers(trainer.model.variables.get(spec.name)!);
      const expected = readParts(join(goldenFolder(name), `after-${on}.safetensors`), spec);
      const difference = largestDifference(withoutKeyBias(after, spec.name), withoutKeyBias(expected, spec.name)); // prettier-ignore
      expect(difference, spec.name).toBeLessThan(2e-5);
    }
    trainer.dispose();
  });

  it('clips and warms up at all', () => {
    expect(Math.max(...golden.everything.norms)).toBeGreaterThan(golden.training.clip);
    expect(golden.everything.rates[0]).toBe(0);
  });
});
