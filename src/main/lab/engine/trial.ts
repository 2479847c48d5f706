// Whether an operation that not every build of TensorFlow has is here, and computes what it should.
import { Graph } from './graph.ts';
import { loadEngine } from './index.ts';
import { FLOAT, free, read, tensor, type Value } from './ops.ts';

const found = new Map<string, boolean>();

/**
 * Tries `pair` once in a graph; not to be called first while one is traced. False on GPUs, where the special
 * operations of CPU builds cannot run.
 * @param pair makes the same numbers by the special operation and by ordinary ones, from x (16, 16), all about 1e-3,
 * and gain (16)
 */
export function agree(
  name: string,
  tolerance: number,
  pair: (x: Value, gain: Value) => [Value, Value],
): boolean {
  let known = found.get(name);
  if (known === undefined) found.set(name, (known = tried(tolerance, pair)));
  return known;
}

function tried(tolerance: number, pair: (x: Value, gain: Value) => [Value, Value]): boolean {
  if (loadEngine().info.device !== 'CPU') return false;
  let graph: Graph | undefined;
  try {
    graph = new Graph((definition) => {
      const x = definition.input('x', FLOAT, [16, 16]);
      const gain = definition.input('gain', FLOAT, [16]);
      definition.entry('both', () => pair(x, gain));
    });
    const [special, ordinary] = runBoth(graph);
    return special.every((value, n) => Math.abs(value - (ordinary[n] ?? NaN)) <= tolerance);
  } catch {
    return false; // not registered, or not for this processor, in TensorFlow's words
  } finally {
    graph?.dispose();
  }
}

function runBoth(graph: Graph): [Float32Array, Float32Array] {
  const x = tensor(Float32Array.from({ length: 256 }, (_, n) => Math.sin(n) / 300), [16, 16]); // prettier-ignore
  const gain = tensor(
    Float32Array.from({ length: 16 }, (_, n) => Math.cos(n)),
    [16],
  );
  const made = graph.run('both', { x, gain });
  const [a, b] = made.map(read) as [Float32Array, Float32Array];
  free(x, gain, ...made);
  return [a, b];
}
