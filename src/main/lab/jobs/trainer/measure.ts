// Measures this machine on a configuration, in the trainer thread: a few steps and a few pairs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { medianSorted } from 'simple-statistics';
import type { ModelConfig, TrainingConfig } from '../../../../shared/domain.ts';
import type { OptModel } from '../../model/index.ts';
import { seededUint32, seedOf } from '../../analysis/random.ts';
import { encodeSentence, planScoring, Scorer, type EncodedSentence } from '../../scoring/index.ts';
import { openTokenizer } from '../../tokenizer/index.ts';
import { Trainer, WindowData } from '../../training/index.ts';
import { stepFlops } from '../flops.ts';
import type { ClassToScore, CommandArgs, Speeds } from './messages.ts';

/** A step of the whole batch is measured where it should take no longer; else a line is laid through two smaller ones. */
const budgetMs = 1_500;
/** How long each of training, held-out loss and scoring is measured, ms. */
const measuredMs = 1_000;
/** What a machine is taken to do before it is measured. */
const assumedFlopsPerMs = 1.5e8;

export function measure(args: CommandArgs<'measure'>): Speeds {
  const { model, training } = args;
  const windowMs = stepFlops(model, training.windowTokens) / assumedFlopsPerMs;
  const most = Math.max(1, Math.min(training.batchWindows, Math.floor(budgetMs / windowMs)));
  const large = measureBatch(args, most);
  if (most === training.batchWindows) return large;
  const small = measureBatch({ ...args, classes: [] }, Math.max(1, Math.floor(most / 4)));
  const windows = Math.max(1, most - Math.floor(most / 4));
  const perWindow = most === 1 ? large.stepMs : Math.max(0, large.stepMs - small.stepMs) / windows;
  return { ...large, stepMs: large.stepMs + perWindow * (training.batchWindows - most) };
}

function measureBatch(args: CommandArgs<'measure'>, batchWindows: number): Speeds {
  const { model, training, classes } = args;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-measure-'));
  const { windowTokens } = training;
  const data = new WindowData(randomText(folder, model, windowTokens), windowTokens, 1, () => 0);
  try {
    const config: TrainingConfig = { ...training, batchWindows, totalSteps: 1_000 };
    const trainer = Trainer.create(model, config, data);
    try {
      trainer.trainStep(); // the first one reserves memory
      const stepMs = typicalMs(() => trainer.trainStep());
      trainer.heldOutNatsPerToken();
      const heldOutMs = typicalMs(() => trainer.heldOutNatsPerToken());
      const pairMs = classes.length ? measureScoring(trainer.model, args) : 0;
      return { stepMs, heldOutWindowMs: heldOutMs / heldOutWindows, pairMs };
    } finally {
      trainer.dispose();
    }
  } finally {
    data.close();
    fs.rmSync(folder, { recursive: true });
  }
}

const heldOutWindows = 32;

/** Milliseconds a pair, from as many batches of the plan as there is time for. */
function measureScoring(opt: OptModel, args: CommandArgs<'measure'>): number {
  const { classes, tokenizerJson, profile, model } = args;
  const sentences = classes.flatMap((one) => encode(one, tokenizerJson, profile, model.vocabSize));
  const plan = planScoring(sentences, { maxPositions: model.maxPositions });
  const scorer = new Scorer(model, plan);
  try {
    scorer.score(opt).next(); // the first batch reserves memory
    const startedMs = performance.now();
    let scored = 0;
    for (const { done } of scorer.score(opt)) {
      scored = done;
      if (performance.now() - startedMs > measuredMs) break;
    }
    return (2 * (performance.now() - startedMs)) / scored / sentences.length;
  } finally {
    scorer.dispose();
  }
}

/** The median of at least three times, and of as many as there is time for: other programs come and go. */
function typicalMs(work: () => unknown): number {
  const times: number[] = [];
  const begunMs = performance.now();
  while (times.length < 3 || performance.now() - begunMs < measuredMs) {
    const startedMs = performance.now();
    work();
    times.push(performance.now() - startedMs);
  }
  return medianSorted(times.toSorted((a, b) => a - b));
}

function randomText(folder: string, { vocabSize }: ModelConfig, windowTokens: number) {
  const next = seededUint32(1);
  const write = (name: string, tokens: number): string => {
    const file = path.join(folder, name);
    const ids = Uint32Array.from({ length: tokens }, () => 4 + (next() % (vocabSize - 4)));
    fs.writeFileSync(file, new Uint8Array(ids.buffer));
    return file;
  };
  const trainTokens = 64 * windowTokens;
  const heldOutTokens = heldOutWindows * windowTokens;
  return {
    trainPath: write('train.bin', trainTokens),
    heldOutPath: write('held-out.bin', heldOutTokens),
    dtype: 'uint32' as const,
    trainTokens,
    heldOutTokens,
  };
}

/** Sentences as ids; before there is a tokenizer, a word is one token by its spelling, a long word two. */
function encode(
  { good, bad }: ClassToScore,
  tokenizerJson: string | null,
  profile: CommandArgs<'measure'>['profile'],
  vocabSize: number,
): EncodedSentence[] {
  const sentences = good.flatMap((sentence, i) => [sentence, bad[i] as string]);
  if (tokenizerJson !== null) {
    const tokenizer = openTokenizer({ json: tokenizerJson });
    return sentences.map((sentence) => encodeSentence(tokenizer, profile, sentence));
  }
  const idOf = (word: string): number => 4 + (seedOf(word) % (vocabSize - 4));
  return sentences.map((text) => ({
    text,
    ids: [2, ...text.split(/\s+/).flatMap((w) => (w.length > 6 ? [idOf(w), idOf(`${w}+`)] : [idOf(w)]))], // prettier-ignore
    scoredFrom: 1,
  }));
}
