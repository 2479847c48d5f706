// Functions that migrations call from SQL. Like a migration, one that has shipped keeps its meaning.
import { sameWords } from '../suite/same-words.ts';
import { packNats } from './nats.ts';
import type { Db } from './sql.ts';

export function registerFunctions(db: Db): void {
  db.function('same_words', { deterministic: true }, (good: unknown, bad: unknown) =>
    Number(sameWords(String(good), String(bad))),
  );
  // Packs one class at one checkpoint: pack_nats(pairs of the class, place of the pair, good, bad).
  db.aggregate<Packing>('pack_nats', {
    varargs: true,
    start: () => ({ pairs: 0, rows: [] }),
    step: (packing: Packing, ...args: unknown[]) => {
      const [pairs, place, good, bad] = args as [number, number, number, number];
      packing.pairs = pairs;
      packing.rows.push({ place, good, bad });
    },
    result: ({ pairs, rows }) => packNats(pairs, rows),
  });
}

interface Packing {
  pairs: number;
  rows: { place: number; good: number; bad: number }[];
}
