// EWoK and its like: two contexts and two targets, target N fitting context N.
import { hasColumns, needed, rowsOf, textAt } from '../rows.ts';
import type { Format } from './format.ts';

export const ewok: Format = {
  name: 'EWoK or like it',
  source: '',
  licence: 'not stated',
  recognises: (file) => hasColumns(file, ['Context1', 'Context2', 'Target1', 'Target2']),
  *pairs(file, notes) {
    // Whole sentences are scored: with the context the same in both, its probability cancels from Δ.
    notes.add('each context with its target against the same context with the other target'); // prettier-ignore
    let n = 0;
    for (const row of rowsOf(file)) {
      const contexts = [needed(row, 'Context1'), needed(row, 'Context2')];
      const targets = [needed(row, 'Target1'), needed(row, 'Target2')];
      const common = { where: row.where, uid: textAt(row, 'Domain'), phenomenon: textAt(row, 'Domain') }; // prettier-ignore
      for (const i of [0, 1])
        yield { ...common, pairId: `${n}-${i + 1}`, good: `${contexts[i]} ${targets[i]}`, bad: `${contexts[i]} ${targets[1 - i]}` }; // prettier-ignore
      n++;
    }
  },
};
