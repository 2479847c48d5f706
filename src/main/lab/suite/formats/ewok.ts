// EWoK and its like: two contexts and two targets, target N fitting context N. log P(target | context) is compared.
import type { PairParts, Part } from '../../../../shared/scoring-method.ts';
import { hasColumns, needed, rowsOf, textAt } from '../rows.ts';
import type { Format } from './format.ts';

export const ewok: Format = {
  name: 'EWoK or like it',
  source: '',
  licence: 'not stated',
  recognises: (file) => hasColumns(file, ['Context1', 'Context2', 'Target1', 'Target2']),
  method: 'conditional',
  *pairs(file, notes) {
    notes.add('each target after its own context against the same target after the other; whole sentences also count the contexts'); // prettier-ignore
    let n = 0;
    for (const row of rowsOf(file)) {
      const contexts = [needed(row, 'Context1'), needed(row, 'Context2')] as const;
      const targets = [needed(row, 'Target1'), needed(row, 'Target2')] as const;
      const common = { where: row.where, uid: textAt(row, 'Domain'), phenomenon: textAt(row, 'Domain') }; // prettier-ignore
      for (const i of [0, 1] as const) {
        const after = (context: string) => ({ text: `${context} ${targets[i]}`, target: [context.length + 1, context.length + 1 + targets[i].length] as Part }); // prettier-ignore
        const [good, bad] = [after(contexts[i]), after(contexts[i === 0 ? 1 : 0])];
        const parts: PairParts[] = [{ method: 'conditional', good: [good.target], bad: [bad.target] }]; // prettier-ignore
        yield { ...common, pairId: `${n}-${i + 1}`, good: good.text, bad: bad.text, parts };
      }
      n++;
    }
  },
};
