// Every parser of what comes from outside, with good inputs to damage. A parser reads its input or refuses it with an
// AppError; anything else that it throws is a fault.
import fs from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { delimitedRows } from '../../src/main/lab/suite/delimited.ts';
import { makePairs, parseGrammar, parseWords } from '../../src/main/lab/suite/grammar.ts';
import { chosenColumns } from '../../src/main/lab/suite/formats/index.ts';
import { classesOf } from '../../src/main/lab/suite/pairs.ts';
import { firstRows } from '../../src/main/lab/suite/preview.ts';
import { columnsOf, rowsOf } from '../../src/main/lab/suite/rows.ts';
import { suiteFiles } from '../../src/main/lab/suite/index.ts';
import { readFigures, recogniseFigures } from '../../src/main/lab/scoring/read-figures.ts';
import { parsePairs } from '../../src/main/lab/suite/hand-pairs.ts';
import { parseTemplates } from '../../src/main/lab/suite/template-text.ts';
import { openTokenizer } from '../../src/main/lab/tokenizer/index.ts';
import { byteLevelBpeJson } from '../../src/main/lab/tokenizer/json.ts';
import { readConfig } from '../../src/main/lab/model/config.ts';
import { SafetensorsFile, writeSafetensors } from '../../src/main/lab/model/safetensors.ts';
import { withWeights } from '../../src/main/lab/model/checkpoint-weights.ts';
import { loadNgramModel, NgramModel, saveNgramModel } from '../../src/main/lab/ngram/index.ts';
import { readState } from '../../src/main/lab/training/checkpoint.ts';
import { readJudgements } from '../../src/main/lab/export/read-judgements.ts';
import { labelStudioTasks } from '../../src/main/lab/export/label-studio.ts';
import { judgementsTable } from '../../src/main/lab/export/tables.ts';
import { unpackProject } from '../../src/main/lab/export/unpack.ts';
import { Writing } from '../../src/main/lab/export/writing.ts';
import { inspectCorpus, readLines } from '../../src/main/lab/corpus/index.ts';
import { readSpec } from '../../src/main/lab/sweep/run-folder.ts';
import {
  parseJobcomp,
  parseSacct,
  parseSettings,
  parseSqueue,
} from '../../src/main/lab/sweep/slurm/queue.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { all, get } from '../../src/main/lab/store/sql.ts';
import { readJsonFile } from '../../src/main/json-file.ts';
import { addressText, parseAddress } from '../../src/renderer/state/address.ts';
import { z } from 'zod';
import { makeProject } from '../fixtures/make-project.ts';
import type { Input } from './mutation.ts';

export interface Parser {
  name: string;
  seeds: Input[];
  /** Its part of all inputs: parsers that need whole files and folders are slower and get fewer. */
  weight: number;
  /** false: what it cannot read is nothing, or what there is by default. */
  refuses?: boolean;
  read(input: Input): unknown;
}

const fixtures = path.join(import.meta.dirname, '../fixtures');
const root = path.join(import.meta.dirname, '../..');
const text = (bytes: Buffer): string => bytes.toString('utf8');
const input = (name: string, content: string | Uint8Array): Input => ({ name, bytes: Buffer.from(content) }); // prettier-ignore
const unwatched = new Writing(() => undefined, new AbortController().signal);
const small = { classes: 2, pairs: 3, checkpoints: 2, runs: 1 };

function suites(): Input[] {
  const folder = path.join(fixtures, 'suites');
  const names = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((name) => !/\.md$|^own\./.test(name) && fs.statSync(path.join(folder, name)).isFile()); // prettier-ignore
  const blimp = '{"sentence_good": "Who has Bill met?", "sentence_bad": "Who Bill has met?", "field": "syntax", "linguistics_term": "island_effects", "UID": "islands", "simple_LM_method": true, "one_prefix_method": false, "two_prefix_method": true, "one_prefix_prefix": "Who", "one_prefix_word_good": "has", "one_prefix_word_bad": "Bill", "lexically_identical": false, "pairID": "0"}\n'; // prettier-ignore
  return [input('blimp.jsonl', blimp + blimp.replace('"0"', '"1"')), input('list.json', `[${blimp}]`), ...names.map((name) => input(name, fs.readFileSync(path.join(folder, name))))]; // prettier-ignore
}

const chosen = [
  input('own.csv', 'good;bad;class\r\n"It, is ""here"".";It are here.;agreement\r\na;b;c\r\n'),
  input('own.jsonl', '{"good": "a", "bad": "b", "class": 7}\n'),
];

/** @param scratch a folder for the parsers' files, best in memory */
export function parsers(scratch: string): Parser[] {
  const file = (name: string): string => path.join(scratch, name);
  const written = (name: string, bytes: Buffer): string => {
    fs.mkdirSync(path.dirname(file(name)), { recursive: true });
    fs.writeFileSync(file(name), bytes);
    return file(name);
  };
  const seedProject = makeProject(file('seed'), small);
  const judged = [...judgementsTable(seedProject.db)].join('');
  const csvJudgements = `${judged}made-up suite,1,anaphor_agreement_1,vote,ann,2026-01-31T12:00:00Z,unsure,a; b,"why, then",,\r\n`; // prettier-ignore
  const tasks = JSON.stringify([{ data: { suite: 'made-up suite', uid: 'anaphor_agreement_1' }, annotations: [{ ground_truth: false, created_at: '2026-01-31T12:00:00Z', completed_by: { email: 'a@b' }, result: [{ from_name: 'verdict', value: { choices: ['unsure'] } }, { from_name: 'reason', value: { text: ['why'] } }] }] }]); // prettier-ignore
  const shown = labelStudioTasks(seedProject.db).slice(0, 3_000);
  seedProject.db.pragma('wal_checkpoint(TRUNCATE)');
  seedProject.close();
  const sqlite = fs.readFileSync(path.join(file('seed'), 'project.sqlite'));
  const opened = openProject(file('seed'));

  const letters = Object.fromEntries([...'<s> <pad> </s> <unk>'.split(' '), ...'abĠ', 'ab', 'Ġa'].map((token, id) => [token, id])); // prettier-ignore
  const tokenizer = (prefixToken: string | null): Input => input('tokenizer.json', byteLevelBpeJson({ vocab: letters, merges: [['a', 'b'], ['Ġ', 'a']], specialTokens: ['<s>', '<pad>', '</s>', '<unk>'], unkToken: '<unk>', prefixToken })); // prettier-ignore
  const config = fs.readFileSync(path.join(fixtures, 'golden/pre/config.json'));
  writeSafetensors(file('seed.safetensors'), [{ name: 'a', shape: [2, 3], data: () => Float32Array.of(1, 2, 3, 4, 5, 6) }, { name: 'b.c', shape: [2], data: () => Float32Array.of(7, 8) }]); // prettier-ignore
  const state = { format: 1, step: 3, tokensSeen: 4, wordsSeen: 5, training: { totalSteps: 4, batchWindows: 1, windowTokens: 8, learningRate: 0.1, warmupSteps: 0, schedule: 'linear', weightDecay: 0, weightDecayOn: 'matrices', beta1: 0.9, beta2: 0.9, epsilon: 1e-8, clipNorm: 1, precision: 'fp32', seed: 1, checkpoints: 'every:2', lineEnd: 'eos', keepOptimizer: 'all' } }; // prettier-ignore
  const ids = Uint16Array.from({ length: 300 }, (_, i) =>
    i % 7 ? 3 + ((i * i + (i >> 3)) % 9) : 2,
  );
  saveNgramModel(
    NgramModel.build(ids, { order: 2, vocabSize: 12, boundary: 2 }),
    file('seed.ngrams'),
  );
  for (const name of ['x', 'y']) written(`shards/${name}.safetensors`, fs.readFileSync(file('seed.safetensors'))); // prettier-ignore
  const grammars = path.join(root, 'resources/starter/grammar');
  const words = parseWords(fs.readFileSync(path.join(grammars, 'lexicon.words'), 'utf8'), 'lexicon.words'); // prettier-ignore
  const grammar = (name: string): Input => input(name, fs.readFileSync(path.join(grammars, name)));
  const ownWords = 'class: c\nfield: f\nphenomenon: p\nabout: a\npairs: 2\n\nwords noun: sg pl\n  dog dogs animal\n  man men person irregular\n\ngood: The {noun1 sg} is here.\nbad: The {noun1 pl} is here.\n'; // prettier-ignore
  const sample = '{"doc": {"sentence_good": "a", "sentence_bad": "b"}, "filtered_resps": [[-1.5, false], ["-2.5", true]]}\n'; // prettier-ignore
  const table = 'sentence,score,step\n"a, b",-1.5,10\nc,-2,10\na,-3,20\n';
  const severalClasses = `${ownWords.slice(ownWords.indexOf('words'), ownWords.indexOf('good'))}class: a\ngood: {noun1 sg} x\nbad: {noun1 pl} x\nclass: b\ngood: a\nbad: b\n`; // prettier-ignore
  const byHand = [input('pairs', 'class: a\nphenomenon: p\n# why\nIt is here.\t*It are here.\nHe sings.\n*He sing.\n'), input('pairs', 'It [is] here.\t*It [are] here.\n')]; // prettier-ignore
  const figures = [input('samples_x.jsonl', sample + sample), input('s.csv', table), input('minicons.csv', 'sentence_id,token_id,token,logprob\n1,1,the,0.0\n1,2,dog,-3.5\n2,1,a,-1\n'), input('babylm.json', '{"sub": {"predictions": [{"id": "sub_0", "pred": " It is."}, {"id": "sub_1", "pred": 0}]}}'), input('babylm.jsonl', '{"task": "blimp", "sub_task": "sub", "predictions": [{"id": "a", "pred": "It is."}]}\n')]; // prettier-ignore
  const formatOf = (name: string) => name.startsWith('samples') ? 'lm-eval' : name.startsWith('minicons') ? 'minicons' : name.startsWith('babylm') ? 'babylm' : 'csv'; // prettier-ignore
  const spec = { format: 1, key: 'k', name: 'n', preset: 'nano', model: { vocabSize: 300, layers: 1, hiddenSize: 16, heads: 2, ffnSize: 32, maxPositions: 64, dropout: 0, preLayerNorm: true, wordEmbedSize: 16 }, training: state.training, corpus: { name: 'c', source: 'embedded', contentHash: 'h', files: [], lines: 1, words: 1, bytes: 1 }, tokenizer: null, targets: [], keepWeights: 'last' }; // prettier-ignore
  const squeue = JSON.stringify({ jobs: [{ job_id: 5, array_job_id: { set: true, number: 4 }, array_task_id: { set: false, number: 0 }, array_task_string: '1-3,7%2', job_state: ['PENDING'], state_reason: 'Priority', nodes: '', exit_code: { return_code: { set: true, number: 0 } } }] }); // prettier-ignore
  const slurm: Record<string, (answer: string) => unknown> = { squeue: parseSqueue, sacct: parseSacct, jobcomp: parseJobcomp, settings: parseSettings }; // prettier-ignore
  const pair = zipSync({ 'data/x.jsonl': Buffer.from('{"sentence_good": "a", "sentence_bad": "b"}\n'), 'README.md': Buffer.from('x') }); // prettier-ignore
  const packed = zipSync({ 'project.sqlite': sqlite, 'checkpoints/1/step-0/config.json': config });
  const Settings = z.object({ x: z.int().optional(), width: z.int(), maximized: z.boolean().default(false) }); // prettier-ignore
  const addresses = ['gardenpath://atlas', 'gardenpath://pair/12/345?run=1&step=800', 'gardenpath://compare/1:2:gardenpath:100/2:2:lm-eval', 'gardenpath://glossary/delta?x=%20', 'gardenpath://compare-runs/1,2,3', 'gardenpath://run/7']; // prettier-ignore

  return [
    { name: 'suites in all formats', weight: 16, seeds: suites(), read: ({ name, bytes }) => classesOf([{ name, text: text(bytes) }]) }, // prettier-ignore
    { name: 'suites with chosen columns', weight: 4, seeds: chosen, read: ({ name, bytes }) => classesOf([{ name, text: text(bytes) }], chosenColumns({ good: 'good', bad: 'bad', class: 'class' })) }, // prettier-ignore
    { name: 'suites with contexts and regions', weight: 4, seeds: [input('c.csv', 'good,bad,before,other,part\na cat sings,a cats sings,Then:,Now:,2\nx y,x y z,,,y\n')], read: ({ name, bytes }) => classesOf([{ name, text: text(bytes) }], chosenColumns({ good: 'good', bad: 'bad', context: 'before', badContext: 'other', region: 'part', badRegion: 'part' })) }, // prettier-ignore
    {
      name: 'previews of tables',
      refuses: false,
      weight: 6,
      seeds: suites(),
      read: ({ name, bytes }) => {
        const found = { name, text: text(bytes) };
        return [columnsOf(found), firstRows(found)];
      },
    },
    { name: 'CSV and TSV', weight: 10, seeds: [input('a.csv', 'a,b\r\n"x ""y""",2\r\n'), input('b.tsv', 'a\tb\n1\t"2\n3"\n')], read: ({ name, bytes }) => [...delimitedRows(text(bytes), name)] }, // prettier-ignore
    { name: 'JSON lines and lists', weight: 10, seeds: [input('a.jsonl', '{"a": 1}\n{"b": [1, {"c": null}]}\n'), input('b.json', '[{"a": "b"}, {"a": "c"}]')], read: ({ name, bytes }) => [...rowsOf({ name, text: text(bytes) })] }, // prettier-ignore
    { name: 'figures of other programs', weight: 14, seeds: figures, read: ({ name, bytes }) => readFigures([{ name, text: text(bytes) }], formatOf(name), { sentence: 'sentence', score: 'score' }) }, // prettier-ignore
    { name: 'formats of figures', weight: 4, refuses: false, seeds: figures, read: ({ name, bytes }) => recogniseFigures([{ name, text: text(bytes) }]) }, // prettier-ignore
    { name: 'templates of several classes', weight: 6, seeds: [input('template', ownWords), input('template', severalClasses)], read: ({ bytes }) => parseTemplates(text(bytes), words, 2).map(({ grammar: one }) => makePairs({ ...one, pairs: 2 }, { atMost: true })) }, // prettier-ignore
    { name: 'pairs by hand', weight: 6, seeds: byHand, read: ({ bytes }) => parsePairs(text(bytes)) }, // prettier-ignore
    { name: 'judgements', weight: 6, seeds: [input('j.csv', csvJudgements), input('tasks.json', tasks), input('tasks.json', shown)], read: ({ name, bytes }) => readJudgements(opened.db, { name, text: text(bytes) }) }, // prettier-ignore
    { name: 'tokenizer.json', weight: 6, seeds: [tokenizer(null), tokenizer('</s>')], read: ({ bytes }) => openTokenizer({ json: text(bytes) }).encode('a b ab</s>c') }, // prettier-ignore
    {
      name: 'vocab.json and merges.txt',
      weight: 2,
      seeds: [input('vocab.json', JSON.stringify(letters)), input('merges.txt', '#version: 0.2\na b\nĠ a\n'), input('tokenizer_config.json', '{"eos_token": {"content": "</s>"}, "bos_token": "</s>", "add_bos_token": true}')], // prettier-ignore
      read: ({ name, bytes }) => {
        written('pair/vocab.json', Buffer.from(JSON.stringify(letters)));
        written('pair/merges.txt', Buffer.from('a b\n'));
        fs.rmSync(file('pair/tokenizer_config.json'), { force: true });
        written(`pair/${name}`, bytes);
        return openTokenizer(file('pair')).encode('a b');
      },
    },
    { name: 'config.json', weight: 6, seeds: [input('config.json', config)], read: ({ bytes }) => readConfig(path.dirname(written('model/config.json', bytes))) }, // prettier-ignore
    { name: 'trainer.json', weight: 3, seeds: [input('trainer.json', JSON.stringify(state))], read: ({ bytes }) => readState(path.dirname(written('state/trainer.json', bytes))) }, // prettier-ignore
    {
      name: 'safetensors',
      weight: 8,
      seeds: [input('x.safetensors', fs.readFileSync(file('seed.safetensors')))],
      read: ({ bytes }) => {
        const tensors = new SafetensorsFile(written('x.safetensors', bytes));
        try {
          return [...tensors.entries.keys()].map((name) => tensors.read(name));
        } finally {
          tensors.close();
        }
      },
    },
    { name: 'indexes of weights', weight: 2, seeds: [input('index', '{"metadata": {"total_size": 4}, "weight_map": {"model.decoder.a": "x.safetensors", "b": "y.safetensors"}}')], read: ({ bytes }) => withWeights(path.dirname(written('shards/model.safetensors.index.json', bytes)), () => 0) }, // prettier-ignore
    { name: 'n-gram models', weight: 3, seeds: [input('x.ngrams', fs.readFileSync(file('seed.ngrams')))], read: ({ bytes }) => loadNgramModel(written('x.ngrams', bytes)).score([2, 4, 5]) }, // prettier-ignore
    { name: 'zips of suites', weight: 4, seeds: [input('s.zip', pair)], read: ({ bytes }) => suiteFiles(written('s.zip', bytes)) }, // prettier-ignore
    {
      name: 'packed projects',
      weight: 0.3,
      seeds: [input('p.zip', packed)],
      read: ({ bytes }) => {
        fs.rmSync(file('unpacked'), { recursive: true, force: true });
        return unpackProject(written('p.zip', bytes), file('unpacked'), unwatched);
      },
    },
    {
      name: 'project files',
      weight: 0.5,
      seeds: [input('project.sqlite', sqlite)],
      read: ({ bytes }) => {
        fs.rmSync(file('project'), { recursive: true, force: true });
        written('project/project.sqlite', bytes);
        const project = openProject(file('project'));
        try {
          return [get(project.db, 'SELECT * FROM project'), all(project.db, 'SELECT * FROM classes')]; // prettier-ignore
        } finally {
          project.close();
        }
      },
    },
    {
      name: 'corpora',
      weight: 2,
      seeds: [input('a.train', 'It is here.\r\nIt was there .\n\n\u00e9t\u00e9\n'), input('b.txt', '\ufeffone\ntwo\n')], // prettier-ignore
      read: async ({ name, bytes }) => {
        fs.rmSync(file('corpus'), { recursive: true, force: true });
        written(`corpus/${name}`, bytes);
        const corpus = await inspectCorpus(file('corpus'));
        const lines: string[] = [];
        for await (const batch of readLines(corpus, 'train')) lines.push(...batch);
        return lines;
      },
    },
    { name: 'the template language', weight: 8, seeds: [...['gap_needs_what', 'reflexive_gender', 'irregular_past'].map((name) => grammar(`${name}.grammar`)), input('own.grammar', ownWords)], read: ({ name, bytes }) => makePairs({ ...parseGrammar(text(bytes), name, words), pairs: 2 }) }, // prettier-ignore
    { name: 'runs of sweeps', weight: 3, seeds: [input('run.json', JSON.stringify(spec))], read: ({ bytes }) => readSpec(path.dirname(written('sweep/run.json', bytes))) }, // prettier-ignore
    { name: 'Slurm’s answers', weight: 4, seeds: [input('squeue', squeue), input('sacct', '12_3|COMPLETED|0:0\n12_4|CANCELLED by 0|0:15\n'), input('jobcomp', 'JobId=9 ArrayJobId=12 ArrayTaskId=3 JobState=FAILED ExitCode=3:0 NodeList=n1\n'), input('settings', 'MaxArraySize = 1001\nAccountingStorageType = accounting_storage/slurmdbd\nJobCompType = jobcomp/filetxt\n')], read: ({ name, bytes }) => slurm[name]?.(text(bytes)) }, // prettier-ignore
    { name: 'lexicons', weight: 3, seeds: [input('x.words', ownWords.slice(ownWords.indexOf('words'), ownWords.indexOf('good')))], read: ({ name, bytes }) => parseWords(text(bytes), name) }, // prettier-ignore
    {
      name: 'addresses',
      refuses: false,
      weight: 12,
      seeds: addresses.map((address) => input('address', address)),
      read: ({ bytes }) => {
        const read = parseAddress(text(bytes));
        if (read && bytes.length < 1_000 && parseAddress(addressText(read)) === null) throw new Error(`${addressText(read)} cannot be read back`); // prettier-ignore
        return read;
      },
    },
    { name: 'settings of the window', refuses: false, weight: 3, seeds: [input('window.json', '{"x": 1, "width": 900, "maximized": true}')], read: ({ bytes }) => readJsonFile(written('window.json', bytes), Settings, { width: 1, maximized: false }) }, // prettier-ignore
  ];
}
