// Before training: a tokenizer, trained where none is given, and the corpus as token ids.
import { encodeCorpus, openTokenizer, trainTokenizer } from '../../tokenizer/index.ts';
import type { CommandArgs, CommandResult, Stage } from './messages.ts';
import type { Told } from './trainer.ts';

/** Notices at most so often, ms. */
export const noticeEveryMs = 200;

/** @throws AppError 'cancelled' when it is told to stop */
export async function prepare(
  args: CommandArgs<'prepare'>,
  told: Told,
): Promise<CommandResult<'prepare'>> {
  const { corpus, vocabSize, lineEnd, cacheDir } = args;
  const cancel = new AbortController();
  let toldAtMs = 0;
  const during = (stage: Stage) => ({
    signal: cancel.signal,
    onProgress: (done: number, total: number): void => {
      if (told.stopped()) cancel.abort();
      if (Date.now() - toldAtMs < noticeEveryMs) return;
      toldAtMs = Date.now();
      told.tell({ kind: 'stage', stage, done, total });
    },
  });
  const json = args.tokenizerJson ?? (await trainTokenizer(corpus, vocabSize, during('training the tokenizer'))); // prettier-ignore
  const tokenizer = openTokenizer({ json });
  const encoded = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd, ...during('encoding the corpus') }); // prettier-ignore
  return { tokenizer: { json, hash: tokenizer.hash, vocabSize: tokenizer.vocabSize }, encoded };
}
