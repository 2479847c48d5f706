// AdamW's update of single variables, in one operation and in TensorFlow's, against float64.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import {
  destroyVariable,
  read,
  readVariable,
  scalar,
  scope,
  tensor,
  variable,
} from '../../src/main/lab/engine/ops.ts';
import { hasAdamW } from '../../src/main/lab/engine/own-operations.ts'; // prettier-ignore
import { presets } from '../../src/main/lab/training/index.ts';
import { inOneOperation, inTensorFlows, ratesAt, updateByAdamW, type Trained } from '../../src/main/lab/training/adamw.ts'; // prettier-ignore
import type { ParameterSpec } from '../../src/main/lab/model/index.ts';
import type { TrainingConfig } from '../../src/shared/domain.ts';

/** A matrix that several threads share, with a remainder, and a vector. */
const shapes: Record<string, number[]> = { matrix: [2_049, 2_051], vector: [37] };
const specs: ParameterSpec[] = Object.entries(shapes).map(([name, shape]) => ({ name, shape, parts: [name], initial: 'normal' })); // prettier-ignore
const sizeOf = (name: string): number => shapes[name]!.reduce((a, b) => a * b, 1);
const numbers = (size: number, seed: number, scale: number): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => scale * Math.sin((n + 1) * 1.618 * seed));

const config = { ...presets[0]!.training, learningRate: 0.01, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 } satisfies TrainingConfig; // prettier-ignore
const [gradientScale, step, earlierMean] = [0.37, 3, 0.02];
const starts = Object.fromEntries(Object.keys(shapes).map((name) => [name, { theta: numbers(sizeOf(name), 1, 0.5), first: numbers(sizeOf(name), 2, earlierMean), second: numbers(sizeOf(name), 3, earlierMean ** 2).map(Math.abs), gradient: numbers(sizeOf(name), 4, 0.1) }])); // prettier-ignore
const start = (name: string) => starts[name]!;

/** Loshchilov and Hutter 2019, algorithm 2, as torch.optim.AdamW writes it. */
function wanted(name: string, decays: boolean): Record<keyof Trained, Float64Array> {
  const at = start(name);
  const [theta, first, second] = [at.theta, at.first, at.second].map((values) => Float64Array.from(values)) as [Float64Array, Float64Array, Float64Array]; // prettier-ignore
  const { learningRate: rate, weightDecay, beta1, beta2, epsilon } = config;
  for (let n = 0; n < theta.length; n++) {
    const g = at.gradient[n]! * gradientScale;
    first[n] = beta1 * first[n]! + (1 - beta1) * g;
    second[n] = beta2 * second[n]! + (1 - beta2) * g * g;
    const decayed = theta[n]! * (decays ? 1 - rate * weightDecay : 1);
    theta[n] = decayed - (rate * (first[n]! / (1 - beta1 ** step))) / (Math.sqrt(second[n]! / (1 - beta2 ** step)) + epsilon); // prettier-ignore
  }
  return { theta, first, second };
}

function updated(update: typeof inOneOperation, weightDecayOn: TrainingConfig['weightDecayOn']) {
  const found: Record<string, Record<string, Float32Array>> = {};
  scope(() => {
    const trained = new Map(specs.map(({ name, shape }) => {
      const { theta, first, second } = start(name);
      return [name, { theta: variable(tensor(theta, shape), shape), first: variable(tensor(first, shape), shape), second: variable(tensor(second, shape), shape) }]; // prettier-ignore
    })); // prettier-ignore
    const gradients = Object.fromEntries(specs.map(({ name, shape }) => [name, tensor(start(name).gradient, shape)])); // prettier-ignore
    const rates = ratesAt(step, config.learningRate, config);
    const held = readVariable(trained.get('vector')!.theta);
    updateByAdamW(specs, trained, gradients, scalar(gradientScale), { learningRate: scalar(rates.learningRate), beta1Power: scalar(rates.beta1Power), beta2Power: scalar(rates.beta2Power), epsilon: scalar(rates.epsilon), shrink: scalar(rates.shrink) }, { ...config, weightDecayOn }, update); // prettier-ignore
    expect(read(held), 'what was read before').toEqual(start('vector').theta);
    for (const [name, variables] of trained) {
      found[name] = Object.fromEntries(Object.entries(variables).map(([kind, value]) => [kind, read(readVariable(value))])); // prettier-ignore
      Object.values(variables).forEach(destroyVariable);
    }
  });
  return found;
}

const ways = { 'in one operation': inOneOperation, 'in TensorFlow’s': inTensorFlows };
/** Only an addon that our set-up compiled brings the one operation. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so AdamW in one operation is not tried.'); // prettier-ignore
describe.each(Object.entries(ways))('AdamW %s', (way, update) => {
  const isOne = update === inOneOperation;
  it.skipIf(isOne && !isOurs).each(['matrices', 'everything'] as const)(
    'decays %s',
    (weightDecayOn) => {
      if (isOne) expect(hasAdamW(), way).toBe(true);
      const found = updated(update, weightDecayOn);
      for (const { name, shape } of specs) {
        const right = wanted(name, weightDecayOn === 'everything' || shape.length > 1);
        for (const kind of ['theta', 'first', 'second'] as const) {
          let worst = 0;
          right[kind].forEach((value, n) => (worst = Math.max(worst, Math.abs(found[name]![kind]![n]! - value)))); // prettier-ignore
          expect(worst, `${kind} of the ${name}`).toBeLessThan(kind === 'theta' ? 1e-6 : 1e-8);
        }
      }
    },
  );
});
