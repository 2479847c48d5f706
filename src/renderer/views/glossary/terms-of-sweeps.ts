// Terms of many runs seen together.
import type { Term } from './terms.ts';

export const sweeping: Term[] = [
  {
    id: 'sweep',
    name: 'sweep',
    text: 'One configuration trained along axes: seeds, texts, sizes, any setting. Each combination of values is a run, named by the hash of all that determines it.',
  },
  {
    id: 'condition',
    name: 'condition',
    text: 'Of a sweep: the runs that differ in their seed only. Of an experiment: the text as it is, or one of its edits.',
  },
  {
    id: 'seed-sd',
    name: 'seed sd',
    text: 'How much a class’s accuracy at the last checkpoint differs between seeds of one condition: the standard deviation within conditions, each weighted by its runs less one.',
    formula: 'sd² = Σ (n_c − 1) · s_c² / Σ (n_c − 1)',
  },
  {
    id: 'seeds',
    name: 'seeds needed, seeds that settle it',
    text: 'The least number of seeds with which the 95 % interval of their mean reaches no further than the chosen half-width, were their standard deviation the one found. An sd from a few seeds is itself uncertain: plan more rather than fewer.',
    formula: 'least n ≥ 2 with t(.975; n − 1) · sd / √n ≤ h',
  },
  {
    id: 'variance-split',
    name: 'variance split, together',
    text: 'Where the variance of a class’s accuracy over a sweep comes from. Each axis: the squared distances of its values’ means from the mean of all runs. Together: what axes do only in combination. Pairs: by how much the accuracy of each run would vary over other draws of as many pairs. Parts add up to 1; where runs are missing, axes overlap.',
    formula:
      'SS_axis = Σ_v n_v (m_v − m)²; SS_together = SS_runs − Σ SS_axis; SS_pairs = Σ p(1 − p)/(n − 1)',
    source: 'Fisher 1925, Statistical Methods for Research Workers',
  },
];
