// A checkpoint saved here opens in `transformers`, model and tokenizer, and gives the same logits there.
// GARDENPATH_PYTHON names a Python with torch and transformers; without it this is skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { openTokenizer, tokenizerConfigJson, trainTokenizer, type Tokenizer } from '../../src/main/lab/tokenizer/index.ts'; // prettier-ignore
import { Trainer, presets, type BatchSource } from '../../src/main/lab/training/index.ts';
import { largestDifference } from './fixture.ts';

const python = process.env['GARDENPATH_PYTHON'];
if (!python) console.warn('SKIPPED: no GARDENPATH_PYTHON, so no checkpoint was opened in transformers.'); // prettier-ignore

const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-transformers-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const script = `
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, sentence = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder).double().eval()
ids = [tokenizer.bos_token_id] + tokenizer.encode(sentence, add_special_tokens=False)
with torch.no_grad():
    logits = model(input_ids=torch.tensor([ids])).logits
print(json.dumps(dict(
    ids=ids, logits=logits.flatten().tolist(), model=type(model).__name__, tokenizer=type(tokenizer).__name__,
    tokens=len(tokenizer), special=[tokenizer.bos_token, tokenizer.eos_token, tokenizer.pad_token, tokenizer.unk_token],
)))
`;
interface Seen {
  ids: number[];
  logits: number[];
  model: string;
  tokenizer: string;
  tokens: number;
  special: string[];
}

describe.skipIf(!python)('a checkpoint in transformers', { timeout: 300_000 }, () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    const corpus = await inspectCorpus('embedded');
    tokenizer = openTokenizer({ json: await trainTokenizer(corpus, 600) });
  }, 300_000);

  it.each([
    ['pre-LN', {}],
    ['post-LN with projections', { preLayerNorm: false, wordEmbedSize: 64 }],
  ])('%s', (name, change) => {
    const nano = presets.find((preset) => preset.name === 'nano')!;
    const model = { ...nano.model, vocabSize: 600, ...change };
    const data: BatchSource = {
      windowTokens: 64,
      batch: (step, rows) => ({ ids: Int32Array.from({ length: rows * 64 }, (_, i) => 4 + ((i * i + step) % 596)), words: 0 }), // prettier-ignore
      heldOut: () => [],
    };
    const training = { ...nano.training, batchWindows: 4, warmupSteps: 0 };
    const trainer = Trainer.create(model, training, data);
    for (let step = 0; step < 5; step++) trainer.trainStep();
    const folder = join(scratch, name);
    trainer.save(folder, { json: tokenizer.json, configJson: tokenizerConfigJson(tokenizer, 128) });

    const sentence = 'The dog that the people saw barks.';
    const done = spawnSync(python!, ['-c', script, folder, sentence], { encoding: 'utf8', env: { ...process.env, HF_HUB_OFFLINE: '1' } }); // prettier-ignore
    expect(done.status, done.stderr).toBe(0);
    const seen = JSON.parse(done.stdout) as Seen;
    expect(seen).toMatchObject({ model: 'OPTForCausalLM', tokens: 600, special: ['</s>', '</s>', '<pad>', '<unk>'] }); // prettier-ignore
    const ids = [tokenizer.eosId, ...tokenizer.encode(sentence)];
    expect(seen.ids).toEqual(ids);
    const { tf } = loadEngine();
    const logits = tf.tidy(() => {
      const positions = Int32Array.from(ids, (_, i) => i);
      const states = trainer.model.hiddenStates(Int32Array.from(ids), positions, 'causal', 1, ids.length); // prettier-ignore
      return tf.matMul(states, trainer.model.outputEmbedding, false, true).dataSync();
    });
    expect(largestDifference(logits, seen.logits)).toBeLessThan(1e-4);
    trainer.dispose();
  });
});
