// Writes docs/schema.md from the schema itself: node scripts/schema-doc.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProject } from '../src/main/lab/store/project.ts';
import { applicationId, migrations } from '../src/main/lab/store/schema.ts';
import { all, type Db } from '../src/main/lab/store/sql.ts';

/** What each table is for; a table that is not here is an error. */
const tables: Record<string, string> = {
  project: 'The project itself: one row.',
  corpora: 'Texts that were trained on. The text itself stays where it is; `summary_json` has its files with counts and SHA-256.', // prettier-ignore
  tokenizers: 'Tokenizers, whole: `json` is the text of `tokenizer.json`.',
  suites: 'Suites of minimal pairs, with where they come from and a hash of all that is in them.',
  suite_drafts: 'What a suite of one’s own was written in: a template with its seed, or pairs typed by hand.', // prettier-ignore
  classes: 'Classes of a suite. Its pairs are `first_pair_id` … `first_pair_id + pairs − 1`.',
  pairs: 'Pairs of a good and a bad sentence. `pair_id` is the suite’s own name of the pair.',
  pair_parts: 'Parts of a pair’s sentences that a scoring method compares: the words after a shared beginning, a region, a continuation.', // prettier-ignore
  pairs_text: 'Full-text index (FTS5) over the sentences of `pairs`.',
  profiles: 'How sentences are scored: `settings_json` has prefix, leading space, text form, aggregation and tie rule.', // prettier-ignore
  runs: 'Runs: one model trained on one corpus, or models and scores that were imported. `config_json` is the whole configuration.', // prettier-ignore
  run_metrics: 'What was measured at every training step.',
  checkpoints: 'Checkpoints of a run; their files lie in `checkpoints/<run>/step-<N>/`.',
  score_targets: 'What is to be scored at a run’s checkpoints.',
  encodings: 'Ways in which a tokenizer encodes sentences.',
  pair_tokens: 'Token ids of pairs, once for every encoding.',
  scorings: 'One suite under one profile at one checkpoint. Scores of parts are made from the token scores of `whole_scoring_id`.', // prettier-ignore
  scores: 'Scores of pairs: log-probabilities of sentences and of their tokens. Of a run whose `config_json` says `choicesOnly` 0 is the sentence that was chosen, −1 the other.', // prettier-ignore
  class_scores: 'Summaries of classes, from `scores`.',
  class_nats: 'The sentence scores of a class at a checkpoint as one value, from `scores`.',
  annotation_events: 'Judgements, adjudications, flags and shapes, undo and redo, in their order; never changed.', // prettier-ignore
  saved_views: 'Views that were given a name.',
  ngram_models: 'N-gram models of a corpus.',
  ngram_scorings: 'One suite scored by one n-gram model.',
  ngram_class_nats: 'Sentence scores of a class by an n-gram model, order by order.',
  ngram_pair_tokens: 'Token scores of a pair by an n-gram model.',
  experiments: 'Experiments: a plan and what its edits of the corpus changed.',
  experiment_runs: 'The runs of an experiment.',
  sweeps: 'Sweeps: one configuration trained along axes, here or on a cluster.',
  sweep_runs: 'The runs of a sweep, by the name of their folder under `runs/`.',
  sweep_tasks: 'Runs of a sweep that were given to Slurm.',
  gathered_runs: 'Runs of this project that were taken in from run folders.',
};

interface Column {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
  pk: number;
}

/** The page, from a project that was made just now. */
export function schemaDoc(db: Db): string {
  const found = all<{ name: string; sql: string }>(
    db,
    `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'pairs_text_%' ORDER BY rowid`,
  ); // prettier-ignore
  const unknown = found.find(({ name }) => !Object.hasOwn(tables, name));
  if (unknown) throw new Error(`Say what the table ${unknown.name} is for, in scripts/schema-doc.ts.`); // prettier-ignore
  return `${intro}\n${found.map(({ name, sql }) => tableDoc(db, name, sql)).join('\n')}`;
}

function tableDoc(db: Db, name: string, sql: string): string {
  const comments = new Map(Array.from(sql.matchAll(/^\s*(\w+) [^\n]*?--\s*(.*)$/gm), ([, column, comment]) => [column, comment])); // prettier-ignore
  const references = new Map(all<{ from: string; table: string }>(db, `SELECT "from", "table" FROM pragma_foreign_key_list(?)`, name).map((key) => [key.from, key.table])); // prettier-ignore
  const rows = all<Column>(db, 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', name).map((column) => {
    const words = [
      column.pk > 0 ? 'primary key' : '',
      references.has(column.name) ? `→ \`${references.get(column.name)}\`` : '',
      column.notnull === 0 && column.pk === 0 && column.type !== '' ? 'may be null' : '',
      column.dflt_value === null ? '' : `${column.dflt_value} where left out`,
      comments.get(column.name) ?? '',
    ];
    return `| \`${column.name}\` | ${column.type.toLowerCase() || 'text'} | ${words.filter(Boolean).join('; ').replaceAll('|', '\\|')} |`;
  }); // prettier-ignore
  return `### ${name}\n\n${tables[name]}\n\n| column | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

const intro = `# The project file

<!-- Written by scripts/schema-doc.ts from the schema; a test compares the two. Change that, not this. -->

A project is a folder. \`project.sqlite\` in it is a SQLite database with everything but the weights (\`checkpoints/\`), the counts of n-grams (\`ngrams/\`) and edited corpora. Any program that reads SQLite can read it, also while Gardenpath has it open (WAL mode). Change nothing in it: Gardenpath keeps derived tables in step with their sources, and its own reading does not check for what others wrote.

This page is schema **${migrations.length}** (\`PRAGMA user_version\`); \`PRAGMA application_id\` is ${applicationId} ("Gdnp"). A newer Gardenpath brings an older file up to date, after copying it to \`project.sqlite.before-schema-${migrations.length}\`; an older one refuses a newer file. Within a version nothing changes its meaning.

Units are in names: \`_nats\` are natural logarithms of probabilities, \`_ms\` milliseconds (times: since 1970, UTC), \`tokens_seen\` and \`words_seen\` count what was trained on so far (0 past step 0: not known, as the model was trained elsewhere). \`_json\` columns hold JSON text. Numbers in BLOBs are little-endian. Δ of a pair is \`good_nats − bad_nats\`; positive is right.

## To begin with

The accuracy of every class at every checkpoint of run 1:

\`\`\`sql
SELECT s.name AS suite, p.name AS profile, k.step, c.uid, 1.0 * x.right / x.pairs AS accuracy, x.pairs
FROM checkpoints k
  JOIN scorings g ON g.checkpoint_id = k.id AND g.finished_at_ms IS NOT NULL
  JOIN class_scores x ON x.scoring_id = g.id
  JOIN classes c ON c.id = x.class_id
  JOIN suites s ON s.id = g.suite_id
  JOIN profiles p ON p.id = g.profile_id
WHERE k.run_id = 1
ORDER BY c.uid, k.step;
\`\`\`

The pairs that are wrong at the last checkpoint, the worst first:

\`\`\`sql
SELECT c.uid, a.good, a.bad, x.good_nats - x.bad_nats AS delta
FROM scorings g
  JOIN scores x ON x.scoring_id = g.id
  JOIN pairs a ON a.id = x.pair_id
  JOIN classes c ON c.id = a.class_id
WHERE g.checkpoint_id = (SELECT id FROM checkpoints WHERE run_id = 1 ORDER BY step DESC LIMIT 1)
  AND x.good_nats < x.bad_nats
ORDER BY delta;
\`\`\`

## Tables
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'gardenpath-schema-'));
  const project = createProject(folder);
  writeFileSync(new URL('../docs/schema.md', import.meta.url), schemaDoc(project.db));
  project.close();
  rmSync(folder, { recursive: true, force: true });
}
