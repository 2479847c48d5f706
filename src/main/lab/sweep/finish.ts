// The end of a run: weights that need not stay go, and done.json lists what there is.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { EngineInfo } from '../../../shared/domain.ts';
import { getRunConfig } from '../store/runs.ts';
import { artefactsOf, targetKey } from './artefacts.ts';
import type { Held } from './lease.ts';
import { attemptFolder, attemptsOf, Progress, readJson, writeJson, type Done, type RunSpec } from './run-folder.ts'; // prettier-ignore
import type { Scratch } from './scratch.ts';

export function finish(args: {
  folder: string;
  spec: RunSpec;
  held: Held;
  scratch: Scratch;
  engine: EngineInfo;
}): void {
  const { folder, spec, held, scratch, engine } = args;
  const found = artefactsOf(folder);
  const relative = (file: string): string => path.relative(folder, file).split(path.sep).join('/');
  const steps = [...found.checkpoints.keys()].sort((a, b) => a - b);
  const kept = new Set(spec.keepWeights === 'all' || spec.targets.length === 0 ? steps : spec.keepWeights === 'last' ? steps.slice(-1) : []); // prettier-ignore
  const weights = new Map(steps.flatMap((step) => {
    const at = found.checkpoints.get(step)?.weights;
    return at && kept.has(step) ? [[step, fs.realpathSync(at)]] : [];
  })); // prettier-ignore
  tidy(folder, new Set(weights.values()), spec);
  const keys = spec.targets.map(targetKey);
  const inOrder = (files: ReadonlyMap<string, string> | undefined): string[] => keys.flatMap((key) => files?.get(key) ?? []).map(relative); // prettier-ignore
  const done: Omit<Done, 'files'> = {
    format: 1,
    engine: { ...engine },
    model: getRunConfig(scratch.project.db, scratch.runId).model,
    progress: Progress.parse(readJson(path.join(held.folder, 'progress.json'), Progress)),
    tokenizer: relative(path.join(held.folder, 'tokenizer.json')),
    metrics: found.metrics.map(({ file, untilStep }) => ({ file: relative(file), untilStep })),
    tokens: inOrder(found.tokens),
    checkpoints: steps.flatMap((step) => {
      const one = found.checkpoints.get(step);
      const at = weights.get(step);
      return one ? [{ ...one.saved, weights: at === undefined ? null : relative(at), scores: inOrder(one.scores) }] : []; // prettier-ignore
    }),
  };
  const files = [
    done.tokenizer,
    ...done.metrics.map(({ file }) => file),
    ...done.tokens,
    ...done.checkpoints.flatMap((one) => one.scores),
    ...[...weights.values()].flatMap((at) => fs.readdirSync(at).map((name) => relative(path.join(at, name)))), // prettier-ignore
  ];
  const hashed = Object.fromEntries(files.map((file) => [file, hashOf(path.join(folder, file))]));
  writeJson(path.join(held.folder, 'done.json'), { ...done, files: hashed } satisfies Done);
}

/** Deletes states to go on from, links, and weights that are not kept. */
function tidy(folder: string, kept: ReadonlySet<string>, { keepWeights }: RunSpec): void {
  for (const attempt of attemptsOf(folder)) {
    const checkpoints = path.join(attemptFolder(folder, attempt), 'checkpoints');
    for (const name of fs.existsSync(checkpoints) ? fs.readdirSync(checkpoints) : []) {
      const at = path.join(checkpoints, name);
      const isLink = fs.lstatSync(at).isSymbolicLink();
      if (isLink || !kept.has(fs.realpathSync(at))) fs.rmSync(at, { recursive: true });
      else if (keepWeights !== 'all') fs.rmSync(path.join(at, 'optimizer.safetensors'), { force: true }); // prettier-ignore
    }
  }
}

/** Read in pieces: weights can be larger than a buffer may be. */
export function hashOf(file: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const descriptor = fs.openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(1 << 20);
    let bytes = 0;
    for (;;) {
      const read = fs.readSync(descriptor, piece);
      if (read === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
