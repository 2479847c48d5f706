// What the processes of a run have made so far, and what of it counts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { attemptFolder, attemptsOf, Lease, readJson, SavedCheckpoint, type RunSpec, type RunTarget } from './run-folder.ts'; // prettier-ignore

export interface FoundCheckpoint {
  saved: SavedCheckpoint;
  /** Folder with its weights; null: not kept. */
  weights: string | null;
  /** Files of its scores, by the target's key. */
  scores: Map<string, string>;
}

export interface Artefacts {
  /** By step. */
  checkpoints: Map<number, FoundCheckpoint>;
  /** Token ids of the pairs, by the target's key. */
  tokens: Map<string, string>;
  metrics: { file: string; untilStep: number }[];
  /** The latest state that training can go on from, and the folder that holds it. */
  resume: { step: number; folder: string } | null;
}

/** Names a target in file names. */
export const targetKey = ({ suite, profile, pairsPerClass }: RunTarget): string =>
  createHash('sha256').update(JSON.stringify([suite, profile, pairsPerClass])).digest('hex').slice(0, 8); // prettier-ignore

/** Whether a checkpoint has the scores of every target. */
export const isScored = ({ targets }: RunSpec, scores: ReadonlyMap<string, string>): boolean =>
  targets.every((target) => scores.has(targetKey(target)));

/** What the next process has to do. */
export interface GoOn {
  /** Work up to this step counts; null: none does. */
  fromStep: number | null;
  resume: Artefacts['resume'];
  trains: boolean;
}

/** From the latest state; or from the beginning, where a checkpoint that lacks scores has no weights left to score. */
export function goOnFrom(spec: RunSpec, { checkpoints, resume }: Artefacts): GoOn {
  const isLost = [...checkpoints.values()].some(({ weights, scores }) => weights === null && !isScored(spec, scores)); // prettier-ignore
  if (isLost) return { fromStep: null, resume: null, trains: true };
  const { totalSteps } = spec.training;
  if (checkpoints.has(totalSteps)) return { fromStep: totalSteps, resume: null, trains: false };
  return { fromStep: resume?.step ?? null, resume, trains: true };
}

const optimizer = 'optimizer.safetensors';
const named = {
  checkpoint: /^step-(\d+)\.json$/,
  scores: /^step-(\d+)\.([0-9a-f]{8})\.scores$/,
  tokens: /^tokens\.([0-9a-f]{8})\.db$/,
  state: /^(?:step|paused)-(\d+)$/,
};

/**
 * Reads a run's folder. Of a process's work only that counts which its successor went on from: what one that was
 * thought dead did afterwards was done again.
 * @param before the process that asks; null: all of them
 */
export function artefactsOf(folder: string, before: number | null = null): Artefacts {
  const found: Artefacts = { checkpoints: new Map(), tokens: new Map(), metrics: [], resume: null };
  for (const attempt of attemptsOf(folder)) {
    if (before !== null && attempt >= before) break;
    const from = attemptFolder(folder, attempt);
    const lease = readJson(path.join(from, 'lease.json'), Lease);
    if (!lease) continue; // it died before it did anything
    cut(found, lease.fromStep);
    add(found, from);
  }
  return found;
}

/** Forgets what was done after a step; null: everything. */
export function cut(found: Artefacts, step: number | null): void {
  const last = step ?? -1;
  for (const at of found.checkpoints.keys()) if (at > last) found.checkpoints.delete(at);
  for (const metrics of found.metrics) metrics.untilStep = Math.min(metrics.untilStep, last);
  if (found.resume && found.resume.step > last) found.resume = null;
}

function add(found: Artefacts, from: string): void {
  const names = fs.readdirSync(from);
  const at = (name: string): string => path.join(from, name);
  for (const name of names) {
    const step = Number(named.checkpoint.exec(name)?.[1] ?? NaN);
    if (Number.isNaN(step)) continue;
    const saved = readJson(at(name), SavedCheckpoint);
    const weights = at(`checkpoints/step-${step}`);
    if (saved) found.checkpoints.set(step, { saved, weights: fs.existsSync(weights) ? weights : null, scores: found.checkpoints.get(step)?.scores ?? new Map<string, string>() }); // prettier-ignore
  }
  for (const name of names) {
    const [, step, target] = named.scores.exec(name) ?? [];
    if (target !== undefined) found.checkpoints.get(Number(step))?.scores.set(target, at(name));
    const [, tokens] = named.tokens.exec(name) ?? [];
    if (tokens !== undefined) found.tokens.set(tokens, at(name));
    if (name === 'metrics.jsonl') found.metrics.push({ file: at(name), untilStep: Number.MAX_SAFE_INTEGER }); // prettier-ignore
  }
  for (const name of fs.existsSync(at('checkpoints')) ? fs.readdirSync(at('checkpoints')) : []) {
    const step = Number(named.state.exec(name)?.[1] ?? NaN);
    const isSaved = name.startsWith('paused') || found.checkpoints.has(step);
    if (Number.isNaN(step) || !isSaved || !fs.existsSync(at(`checkpoints/${name}/${optimizer}`))) continue; // prettier-ignore
    if (step >= (found.resume?.step ?? 0)) found.resume = { step, folder: at(`checkpoints/${name}`) }; // prettier-ignore
  }
}

/** Gives a run's next process the state it goes on from, as files of its own: the old one may go on deleting. */
export function adopt(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    try {
      fs.linkSync(source, target);
    } catch {
      fs.copyFileSync(source, target); // storage without hard links
    }
  }
}
