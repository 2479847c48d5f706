// What stands in the empty text field: the shortest whole text of each kind.
import type { DraftKind } from '../../../shared/drafts.ts';

export const placeholders: Record<DraftKind, string> = {
  template: `words noun: sg pl
dog   dogs   animal
owl   owls   animal
table tables

words verb: s base
sleeps sleep
sings  sing

class: my_agreement
about: A verb agrees with its subject.
good: The {noun1 animal sg} [{verb1 s}].
bad:  The {noun1 animal sg} [{verb1 base}].`,
  pairs: `class: my_pairs
The dog sleeps.
*The dog sleep.
Two columns, as a spreadsheet copies them, are pairs too.`,
};
