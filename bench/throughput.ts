// Training speed against model size, batch, length of sequence and number format, beside the fastest that this machine
// multiplies matrices: a Markdown table, and the same as a drawing in SVG where a file is named.
//
//   npm run bench -- throughput [--seconds 6] [--svg FILE]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { scaleBand, scaleLinear } from 'd3';
import { Graph } from '../src/main/lab/engine/graph.ts';
import { loadEngine } from '../src/main/lab/engine/index.ts';
import { assign, FLOAT, free, halfSquares, ownCopy, readVariable, scalar, tensor } from '../src/main/lab/engine/ops.ts'; // prettier-ignore
import { productsFor, type Precision } from '../src/main/lab/engine/products.ts';

const { values: asked } = parseArgs({ options: { seconds: { type: 'string', default: '6' }, svg: { type: 'string' } } }); // prettier-ignore

/** GFLOP/s of the fastest of some large square products, each repeated: what products can reach here. */
function ceiling(precision: Precision): number {
  const size = 2_048;
  const { operand, float, matMul } = productsFor(precision);
  const graph = new Graph((definition) => {
    const shape = [size, size];
    const held = definition.variable('held', shape);
    const given = definition.input('given', FLOAT, shape);
    definition.entry('set', () => {
      assign(held, ownCopy(given));
      return [scalar(0)];
    });
    definition.entry('multiply', () => {
      const a = operand(readVariable(held));
      return [halfSquares(float(matMul(a, a)))];
    });
  });
  const numbers = tensor(Float32Array.from({ length: size * size }, (_, n) => Math.sin(n) / size), [size, size]); // prettier-ignore
  free(...graph.run('set', { given: numbers }), numbers);
  let bestMs = Infinity;
  for (let n = 0; n < 20; n++) {
    const beganMs = performance.now();
    free(...graph.run('multiply'));
    bestMs = Math.min(bestMs, performance.now() - beganMs);
  }
  graph.dispose();
  return (2 * size ** 3) / bestMs / 1e6;
}

interface Measured {
  model: string;
  batch: number;
  seq: number;
  mode: Precision;
  params: number;
  tok_s_median: number;
  gflops_median: number;
  peak_rss_MB: number;
}

function train(model: string, batch: number, tokens: number, precision: Precision): Measured {
  const file = path.join(import.meta.dirname, 'train.ts');
  const options = { model, batch, tokens, precision, seconds: asked.seconds };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const done = spawnSync(process.execPath, [file, ...flags], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr.slice(-2_000));
  return JSON.parse(done.stdout) as Measured;
}

const configurations: [model: string, batch: number, tokens: number][] = [
  ['nano', 32, 64],
  ['mini', 8, 128],
  ['mini', 32, 64],
  ['mini', 32, 128],
  ['opt-125m', 4, 128],
];
const precisions: Precision[] = ['fp32', 'bf16'];

const most = { fp32: ceiling('fp32'), bf16: ceiling('bf16') };
const rows = configurations.flatMap(([model, batch, tokens]) =>
  precisions.map((precision) => train(model, batch, tokens, precision)),
);

/** Of what products reach here, the share that a step's arithmetic makes up: 6 operations a parameter and token. */
const share = (row: Measured): number => row.gflops_median / most[row.mode];

console.log(`${loadEngine().info.deviceName}, ${os.cpus().length} cores; a product of 2,048 × 2,048 matrices: ${Math.round(most.fp32)} GFLOP/s in fp32, ${Math.round(most.bf16)} in bf16 with its casts.`); // prettier-ignore
console.log('');
console.log('| model | M parameters | batch | tokens a window | products in | tokens/s | GFLOP/s | share of the ceiling | peak MB |'); // prettier-ignore
console.log('| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |');
for (const row of rows)
  console.log(`| ${row.model} | ${(row.params / 1e6).toFixed(1)} | ${row.batch} | ${row.seq} | ${row.mode} | ${row.tok_s_median.toLocaleString('en')} | ${row.gflops_median} | ${Math.round(100 * share(row))} % | ${row.peak_rss_MB} |`); // prettier-ignore
if (asked.svg) writeFileSync(asked.svg, drawing());

/** Bars of GFLOP/s, the ceilings as lines. */
function drawing(): string {
  const [width, left, barHeight] = [640, 170, 18];
  const names = rows.map(({ model, batch, seq, mode }) => `${model} ${batch} × ${seq} ${mode}`);
  const y = scaleBand(names, [10, 10 + barHeight * rows.length]).padding(0.2);
  const x = scaleLinear([0, Math.max(most.fp32, most.bf16)], [left, width - 20]);
  const bottom = y.range()[1];
  const bars = rows.map((row, n) => `<rect x="${left}" y="${y(names[n]!)}" width="${x(row.gflops_median) - left}" height="${y.bandwidth()}" fill="${row.mode === 'fp32' ? '#4477aa' : '#cc6677'}"/><text x="${left - 6}" y="${y(names[n]!)! + 11}" text-anchor="end">${names[n]}</text><text x="${x(row.gflops_median) + 4}" y="${y(names[n]!)! + 11}">${row.gflops_median}</text>`); // prettier-ignore
  const lines = precisions.map((mode) => `<line x1="${x(most[mode])}" x2="${x(most[mode])}" y1="10" y2="${bottom}" stroke="#777" stroke-dasharray="4 3"/><text x="${x(most[mode])}" y="${bottom + 14}" text-anchor="${mode === 'bf16' ? 'end' : 'middle'}">a product, ${mode}: ${Math.round(most[mode])}</text>`); // prettier-ignore
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 40}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>${[...bars, ...lines].join('\n')}<text x="${left}" y="${bottom + 32}">GFLOP/s of a training step (6 · parameters · tokens)</text></svg>\n`; // prettier-ignore
}
