// Corpora, tokenizers, suites, presets and the engine: what a new run is made of.
import path from 'node:path';
import type { Handlers, labServes } from '../../../shared/api.ts';
import type { SuiteNames } from '../../../shared/exchange.ts';
import type { ColumnMapping } from '../../../shared/suite-columns.ts';
import { inspectCorpus } from '../corpus/index.ts';
import { addCorpus, addSuite, addTokenizer, getSuite, listCorpora, listSuites, listTokenizers } from '../store/library.ts'; // prettier-ignore
import { listClasses } from '../store/classes.ts';
import { humanAgreement, previewSuite, readSuite } from '../suite/index.ts';
import { openTokenizer } from '../tokenizer/index.ts';
import { presets } from '../training/index.ts';
import { readable, writable, type Lab } from './lab.ts';
import { recordMissingParts } from './views/parts.ts';

type LibraryMethod =
  | 'engine.info'
  | 'presets.list'
  | 'corpora.list'
  | 'corpora.add'
  | 'corpora.addEmbedded'
  | 'tokenizers.list'
  | 'tokenizers.add'
  | 'suites.list'
  | 'suites.add'
  | 'suites.preview'
  | 'suites.classes'
  | 'suites.addStarter';

export const libraryHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, LibraryMethod> => {
  const stored = <T>(value: T): T => {
    lab.emit('library.changed', {});
    return value;
  };
  const addCorpusFrom = async (source: string) => {
    writable(lab); // refuse before a long read
    const corpus = await inspectCorpus(source);
    return stored(addCorpus(writable(lab), corpus));
  };
  const addSuiteFrom = async (source: string, columns?: ColumnMapping, names: SuiteNames = {}) => {
    writable(lab);
    const suite = await readSuite(source, columns);
    const classes = suite.classes.map((one) => ({ ...one, human: humanAgreement(suite, one.uid) }));
    const db = writable(lab);
    const added = stored(addSuite(db, { ...suite, classes, name: names.name ?? suite.name, source: names.source || suite.source, licence: names.licence || suite.licence })); // prettier-ignore
    await recordMissingParts(db, added.id);
    return added;
  };
  return {
    'engine.info': () => lab.engine(),
    'presets.list': () => [...presets],
    'corpora.list': () => listCorpora(readable(lab)),
    'corpora.add': ({ path: source }) => addCorpusFrom(path.resolve(source)),
    'corpora.addEmbedded': () => addCorpusFrom('embedded'),
    'tokenizers.list': () => listTokenizers(readable(lab)),
    'tokenizers.add': ({ path: source }) => {
      const db = writable(lab);
      const { json, hash, vocabSize } = openTokenizer(path.resolve(source));
      const name = path.basename(path.extname(source) ? path.dirname(path.resolve(source)) : source); // prettier-ignore
      return stored(addTokenizer(db, { name, json, hash, vocabSize }));
    },
    'suites.list': () => listSuites(readable(lab)),
    'suites.classes': ({ suiteId }) => {
      getSuite(readable(lab), suiteId);
      return listClasses(readable(lab), suiteId).map(({ classId, uid, field, phenomenon, pairs, human }) => ({ classId, uid, field, phenomenon, pairs, human })); // prettier-ignore
    },
    'suites.add': ({ path: source, columns, ...names }) => addSuiteFrom(path.resolve(source), columns, names), // prettier-ignore
    'suites.preview': ({ path: source, columns }) => previewSuite(path.resolve(source), columns),
    'suites.addStarter': () => addSuiteFrom('starter'),
  };
};
