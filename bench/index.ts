// `npm run bench -- compare|train|score|tokenise|store|large|analysis|window|estimate|sweep|count|throughput [options]`: one benchmark, as its own file describes it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const benchmarks = [
  'compare',
  'train',
  'score',
  'tokenise',
  'store',
  'large',
  'analysis',
  'window',
  'estimate',
  'sweep',
  'throughput',
  'count',
];
const [name, ...options] = process.argv.slice(2);
if (name === undefined || !benchmarks.includes(name)) {
  console.error(`Which benchmark? npm run bench -- ${benchmarks.join('|')} [options]`);
  process.exitCode = 2;
} else {
  const file = path.join(import.meta.dirname, `${name}.ts`);
  const done = spawnSync(process.execPath, [file, ...options], { stdio: 'inherit' });
  process.exitCode = done.status ?? 1;
}
