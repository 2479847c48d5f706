// Suites that a person writes in the project: what a draft would give, and making the suite of it.
import fs from 'node:fs';
import type { Handlers, labApi } from '../../../../shared/api.ts';
import { profiles, type Profile } from '../../../../shared/domain.ts';
import type { DraftClass } from '../../../../shared/drafts.ts';
import { AppError } from '../../../../shared/errors.ts';
import { favours } from '../../analysis/ngrams/agreement.ts';
import { boundaryOf } from '../../jobs/counter/count.ts';
import { loadNgramModel, type NgramModel } from '../../ngram/index.ts';
import { encodeSentence } from '../../scoring/index.ts';
import { deleteUnusedSuite, getDraft, isUsed, listDrafts, putDraft } from '../../store/drafts.ts';
import { addSuite, getSuite, renameSuite } from '../../store/library.ts';
import { findNgramModel, ngramFile, ngramKey, ngramSource } from '../../store/ngrams.ts';
import { listRuns, runTokenizerId } from '../../store/runs.ts';
import { transaction } from '../../store/sql.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';
import { draftClasses, draftSuite, duplicatesIn, starterExample, starterWords, unequalWords, type DraftedClass } from '../../suite/index.ts'; // prettier-ignore
import { opened, readable, writable, type Lab } from '../lab.ts';
import { recordMissingParts } from '../views/parts.ts';

type DraftMethod = 'drafts.preview' | 'drafts.save' | 'drafts.list' | 'drafts.get' | 'drafts.example'; // prettier-ignore

const shownPairs = 8;
/** Pairs of a class whose tokens are looked at; enough to see a tendency while one types. */
const lookedAt = 200;
/** A larger file would hold everything up while it is read. */
const largestNgramFile = 256 << 20;
/** Share of pairs from which bigrams alone are said to decide. */
const bigramsDecide = 0.75;

export const draftHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, DraftMethod> => {
  const words = starterWords();
  return {
    'drafts.preview': async ({ draft, runId }) => {
      const known = await words;
      if (draft.text.trim() === '') return { classes: [], pairs: 0, problem: null, beside: null };
      try {
        const classes = draftClasses(draft, known);
        const reader = readerOf(lab, runId);
        const duplicates = duplicatesIn(classes);
        return {
          classes: classes.map((one) => shown(one, duplicates, reader)),
          pairs: classes.reduce((sum, { pairs }) => sum + pairs.length, 0),
          problem: null,
          beside: reader && { name: reader.name, hasBigrams: reader.bigramNats !== null },
        };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const line = /\bline (\d+)/.exec(error.message)?.[1];
        return { classes: [], pairs: 0, problem: { message: error.message, line: line === undefined ? null : Number(line) }, beside: null }; // prettier-ignore
      }
    },

    'drafts.save': async ({ draft, name, suiteId }) => {
      const suite = draftSuite(name, draft, draftClasses(draft, await words));
      const db = writable(lab);
      if (suite.classes.every(({ pairs }) => pairs.length === 0))
        throw new AppError('bad-params', 'There is no pair yet. Write a class with a good and a bad template, or a pair of sentences.'); // prettier-ignore
      const added = transaction(db, () => {
        const before = suiteId === undefined ? undefined : getDraft(db, suiteId);
        if (before && !isUsed(db, before.suiteId)) deleteUnusedSuite(db, before.suiteId);
        const classes = suite.classes.map((one) => ({ ...one, human: null }));
        const { id } = addSuite(db, { ...suite, classes });
        putDraft(db, id, draft);
        if (id === before?.suiteId && before.name !== name) renameSuite(db, id, name);
        return getSuite(db, id);
      });
      await recordMissingParts(db, added.id);
      lab.emit('library.changed', {});
      return added;
    },

    'drafts.list': () => listDrafts(readable(lab)),
    'drafts.get': ({ suiteId }) => getDraft(readable(lab), suiteId),
    'drafts.example': () => starterExample(),
  };
};

/** How a run reads sentences, and what the bigrams of its text say of them. */
interface Reader {
  name: string;
  tokens(sentence: string): number;
  /** log P under bigrams (nats); null: they are not counted, or their file is too large to look at while one types. */
  bigramNats: ((sentence: string) => number) | null;
}

const loaded = new WeakMap<Lab, { key: string; model: NgramModel }>();

function readerOf(lab: Lab, wanted: number | undefined): Reader | null {
  const db = readable(lab);
  const runs = listRuns(db).filter(({ id }) => runTokenizerId(db, id) !== null);
  const run = runs.find(({ id }) => id === wanted) ?? runs[0];
  const tokenizerId = run && runTokenizerId(db, run.id);
  if (!run || tokenizerId === null || tokenizerId === undefined) return null;
  const tokenizer = tokenizerOf(db, tokenizerId);
  const profile = profiles['gardenpath'] as Profile;
  const source = ngramSource(db, run.id, 'tokens');
  const model = source && bigramsOf(lab, ngramKey(db, source));
  return {
    name: `run ${run.id}${run.name ? ` (${run.name})` : ''}`,
    tokens: (sentence) => tokenizer.encode(sentence).length,
    bigramNats: model && source && ((sentence) => {
      const boundary = boundaryOf(tokenizer, source.lineEnd);
      const { ids, scoredFrom } = encodeSentence(tokenizer, profile, sentence);
      const { nats } = model.score(ids.map((id) => (id === tokenizer.eosId ? boundary : id)), 2);
      return nats.subarray(scoredFrom).reduce((sum, value) => sum + value, 0);
    }), // prettier-ignore
  };
}

function bigramsOf(lab: Lab, key: string): NgramModel | null {
  const known = loaded.get(lab);
  if (known?.key === key) return known.model;
  const { project } = opened(lab);
  const record = findNgramModel(project.db, key);
  const file = ngramFile(project, key);
  if (!record || record.order < 2 || record.fileBytes > largestNgramFile || !fs.existsSync(file)) return null; // prettier-ignore
  const model = loadNgramModel(file, 2);
  loaded.set(lab, { key, model });
  return model;
}

const percent = (part: number, all: number): string => `${Math.round((100 * part) / all)} %`;
const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function shown(
  one: DraftedClass,
  duplicates: ReadonlyMap<string, string[]>,
  reader: Reader | null,
): DraftClass {
  const { uid, phenomenon, about, line, choices, pairs } = one;
  return {
    uid,
    phenomenon,
    about,
    line,
    choices,
    pairs: pairs.length,
    examples: pairs.slice(0, shownPairs).map(({ good, bad }) => ({ good, bad })),
    warnings: warningsOf(one, duplicates, reader),
  };
}

function warningsOf(
  one: DraftedClass,
  duplicates: ReadonlyMap<string, string[]>,
  reader: Reader | null,
): string[] {
  const { uid, wanted, pairs } = one;
  const warnings: string[] = [];
  if (wanted !== null && pairs.length < wanted)
    warnings.push(`Its templates make no more than ${plural(pairs.length, 'pair')}, not ${wanted}. Add words, or ask for fewer.`); // prettier-ignore
  const twice = pairs.flatMap(({ good, bad }) => [good, bad]).filter((sentence) => duplicates.has(sentence)); // prettier-ignore
  const [again] = twice;
  if (again !== undefined) {
    const others = (duplicates.get(again) ?? []).filter((name) => name !== uid);
    warnings.push(`${plural(new Set(twice).size, 'sentence')} more than once${others.length > 0 ? `, also in ${others.join(', ')}` : ''}: “${again}”`); // prettier-ignore
  }
  const unequal = unequalWords(one);
  const [first] = unequal;
  if (first)
    warnings.push(`${plural(unequal.length, 'pair')} of unequal length in words, which sways sums of log-probabilities: “${first.good}”`); // prettier-ignore
  if (!reader) return warnings;
  const sample = pairs.slice(0, lookedAt);
  const inTokens = sample.filter(({ good, bad }) => reader.tokens(good) !== reader.tokens(bad));
  const [other] = inTokens;
  if (other && inTokens.length > 0)
    warnings.push(`${percent(inTokens.length, sample.length)} of pairs are of unequal length in tokens of ${reader.name}: “${other.good}”`); // prettier-ignore
  const { bigramNats } = reader;
  if (bigramNats) {
    const sides = sample.map(({ good, bad }) => favours(bigramNats(good) - bigramNats(bad)));
    const [forGood, forBad] = [1, -1].map((side) => sides.filter((each) => each === side).length) as [number, number]; // prettier-ignore
    const said = `Bigrams of the text of ${reader.name} alone favour the ${forBad > forGood ? 'bad' : 'good'} sentence in ${percent(Math.max(forGood, forBad), sample.length)} of pairs`; // prettier-ignore
    if (forGood / sample.length >= bigramsDecide) warnings.push(`${said}: a model may be right without any grammar.`); // prettier-ignore
    if (forBad / sample.length >= bigramsDecide) warnings.push(`${said}: a model may be wrong for that reason alone.`); // prettier-ignore
  }
  return warnings;
}
