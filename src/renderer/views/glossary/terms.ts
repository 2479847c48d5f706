// Every term and measure on screen, in the project's words, with its formula and where it comes from.
import { comparing, judging } from './terms-of-judging.ts';
import { training } from './terms-of-training.ts';
import { gettingStuck } from './terms-of-getting-stuck.ts';
import { scoring } from './terms-of-scoring.ts';
import { sweeping } from './terms-of-sweeps.ts';

export interface Term {
  /** As links and addresses name it. */
  id: string;
  name: string;
  text: string;
  formula?: string;
  source?: string;
}

export const glossary: { title: string; terms: Term[] }[] = [
  {
    title: 'What is looked at',
    terms: [
      {
        id: 'suite',
        name: 'suite',
        text: 'A set of classes of minimal pairs: BLiMP, the built-in starter suite, or one of your own.',
        source: 'BLiMP: Warstadt et al. 2020, arXiv 1912.00582 (CC BY 4.0)',
      },
      {
        id: 'class',
        name: 'class',
        text: 'One contrast of a suite, with many pairs of the same kind, e.g. adjunct_island. BLiMP calls it a paradigm. It belongs to a phenomenon (BLiMP’s linguistics_term, e.g. island effects) and a field (e.g. syntax).',
      },
      {
        id: 'pair',
        name: 'pair',
        text: 'A grammatical (good) and an ungrammatical (bad, starred) sentence that differ in a single respect. Its id is suite, class and pair id as the suite’s file has it.',
      },
      {
        id: 'same-words',
        name: 'same words',
        text: 'A pair whose two sentences are of the same words in another order. Only there can no single word’s frequency decide between them.',
      },
      {
        id: 'corpus',
        name: 'corpus',
        text: 'A folder of plain-text files, one sentence or utterance a line. *.train and *.txt are trained on; *.dev, else the last 1 % of lines, is held out; *.test is not touched.',
      },
      {
        id: 'run',
        name: 'run',
        text: 'One model trained on one corpus with one configuration and one seed. A run stores its whole configuration and the hashes of all that went into it.',
      },
      {
        id: 'checkpoint',
        name: 'checkpoint',
        text: 'The state of a run after N steps; also counted in tokens and in words seen. The checkpoint cursor is one for all pages: [ and ] move it, p plays through training.',
      },
    ],
  },
  { title: 'Scores', terms: scoring },
  { title: 'Getting stuck, and why', terms: gettingStuck },
  { title: 'Training', terms: training },
  { title: 'Judging and agreement', terms: judging },
  { title: 'Comparing', terms: comparing },
  { title: 'Many runs', terms: sweeping },
];

/** The term that a label on screen means, whatever its capitals: "Accuracy", "Held-out loss". */
export const termNamed = (label: string): Term | undefined => byName.get(label.toLowerCase());
const byName = new Map(
  glossary.flatMap(({ terms }) =>
    terms.flatMap((term) =>
      term.name
        .split(', ')
        .map((name) => [name.replace(/ \(.*\)$/, '').toLowerCase(), term] as const),
    ),
  ),
);
