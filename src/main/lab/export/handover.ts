// A run handed over to `transformers` and `accelerate`: configuration, tokens in the order of its batches, scripts.
import fs from 'node:fs';
import path from 'node:path';
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ExportReport } from '../../../shared/workbench.ts';
import { configJson } from '../model/index.ts';
import { resourcePath } from '../suite/index.ts';
import { tokenizerConfigJson, wordCounter, type EncodedCorpus, type Tokenizer } from '../tokenizer/index.ts'; // prettier-ignore
import { checkpointSteps, isCheckpoint, windowOrder, WindowData } from '../training/index.ts';

export interface HandoverContent {
  run: { id: number; name: string; preset: string };
  model: ModelConfig;
  training: TrainingConfig;
  corpus: { name: string; contentHash: string };
  tokenizer: Tokenizer;
  encoded: EncodedCorpus;
  /** Folder of the checkpoint of step 0; null: its weights were not kept. */
  initial: string | null;
}

/**
 * Writes into a folder that is empty or not there yet; all, or nothing.
 * @throws AppError 'bad-file' where the folder holds something else or cannot be written; 'bad-config' where the text
 * is shorter than a window
 */
export function writeHandover(content: HandoverContent, folder: string): ExportReport {
  const { training, encoded } = content;
  if (encoded.trainTokens < training.windowTokens) throw new AppError('bad-config', `The training text has ${encoded.trainTokens} tokens, fewer than one window of ${training.windowTokens}. There is nothing to hand over.`); // prettier-ignore
  if (
    fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() &&
    fs.readdirSync(folder).length > 0
  )
    throw new AppError('bad-file', `${folder} is not empty. Name a new folder for the handover.`);
  try {
    fs.mkdirSync(path.join(folder, 'initial'), { recursive: true });
  } catch (error) {
    throw new AppError('bad-file', `${folder} cannot be written. Choose another folder.`, String(error)); // prettier-ignore
  }
  try {
    writeFiles(content, folder);
  } catch (error) {
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name), { recursive: true }); // prettier-ignore
    if (error instanceof AppError) throw error;
    throw new AppError('bad-file', `${folder} could not be written to the end: is the disk full? What had been written was removed.`, String(error)); // prettier-ignore
  }
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => fs.statSync(path.join(folder, name))).filter((stat) => stat.isFile()); // prettier-ignore
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

function writeFiles(content: HandoverContent, folder: string): void {
  const { run, model, training, corpus, tokenizer, encoded, initial } = content;
  const at = (name: string): string => path.join(folder, name);
  for (const name of fs.readdirSync(resourcePath('handover'))) fs.writeFileSync(at(name), fs.readFileSync(resourcePath(`handover/${name}`))); // prettier-ignore
  fs.copyFileSync(encoded.trainPath, at('train.bin'));
  writeOrder(at('order.bin'), training, Math.floor(encoded.trainTokens / training.windowTokens));
  fs.writeFileSync(at('initial/config.json'), configJson(model));
  fs.writeFileSync(at('initial/tokenizer.json'), tokenizer.json);
  fs.writeFileSync(at('initial/tokenizer_config.json'), tokenizerConfigJson(tokenizer, model.maxPositions)); // prettier-ignore
  if (initial !== null) fs.copyFileSync(path.join(initial, 'model.safetensors'), at('initial/model.safetensors')); // prettier-ignore
  const { dtype, trainTokens, trainWords } = encoded;
  const written = {
    gardenpathRun: run,
    model,
    training,
    corpus,
    tokenizer: tokenizer.hash,
    dtype,
    trainTokens,
    trainWords,
    firstWeights: initial !== null,
    checkpointSteps: stepsOf(training, encoded, tokenizer),
  };
  fs.writeFileSync(at('run.json'), `${JSON.stringify(written, null, 2)}\n`);
}

/** (steps, rows): the window of each row of each batch, uint32, little-endian. */
function writeOrder(file: string, training: TrainingConfig, windows: number): void {
  const { totalSteps, batchWindows, seed } = training;
  const out = fs.openSync(file, 'w');
  try {
    for (const epoch of windowOrder(windows, seed, totalSteps * batchWindows))
      fs.writeSync(out, new Uint8Array(Uint32Array.from(epoch).buffer));
  } finally {
    fs.closeSync(out);
  }
}

/** On the grid by words, the words of every batch are counted, as the run itself does. */
function stepsOf(training: TrainingConfig, encoded: EncodedCorpus, tokenizer: Tokenizer): number[] {
  const { checkpoints, totalSteps, batchWindows, windowTokens, seed } = training;
  if (checkpoints !== 'words') return checkpointSteps(checkpoints, totalSteps, 1);
  const counter = wordCounter(tokenizer);
  const data = new WindowData(encoded, windowTokens, seed, (ids, from) => counter.count(ids, from));
  try {
    const steps = [0];
    let wordsSeen = 0;
    for (let step = 1; step <= totalSteps; step++) {
      const wordsBefore = wordsSeen;
      wordsSeen += data.batch(step - 1, batchWindows).words;
      if (isCheckpoint(checkpoints, totalSteps, { step, wordsBefore, wordsSeen })) steps.push(step);
    }
    return steps;
  } finally {
    data.close();
  }
}
