// The project's tables. Migration N brings a file from user_version N − 1 to N.
// A migration that has shipped is never edited; add another.

const first = `
CREATE TABLE project (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE corpora (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL,            -- 'embedded' or an absolute path; never leaves the lab
  content_hash TEXT NOT NULL UNIQUE,
  summary_json TEXT NOT NULL,      -- CorpusSummary: its files with their counts
  added_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tokenizers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  vocab_size INTEGER NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  json TEXT NOT NULL,              -- the text of tokenizer.json
  added_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE suites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  licence TEXT NOT NULL,
  content_hash TEXT NOT NULL UNIQUE,
  added_at_ms INTEGER NOT NULL
) STRICT;

-- The pairs of a class have consecutive ids, so that its scores are one range.
CREATE TABLE classes (
  id INTEGER PRIMARY KEY,
  suite_id INTEGER NOT NULL REFERENCES suites ON DELETE CASCADE,
  uid TEXT NOT NULL,
  field TEXT NOT NULL,
  phenomenon TEXT NOT NULL,
  human REAL,                      -- published human agreement, 0 to 1
  first_pair_id INTEGER NOT NULL,
  pairs INTEGER NOT NULL,
  UNIQUE (suite_id, uid)
) STRICT;

CREATE TABLE pairs (
  id INTEGER PRIMARY KEY,
  class_id INTEGER NOT NULL REFERENCES classes ON DELETE CASCADE,
  pair_id TEXT NOT NULL,
  good TEXT NOT NULL,
  bad TEXT NOT NULL,
  UNIQUE (class_id, pair_id)
) STRICT;

CREATE TABLE profiles (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  settings_json TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: checkpoint folders carry it
  name TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  stage TEXT NOT NULL DEFAULT '',
  error TEXT,
  config_json TEXT NOT NULL,
  config_hash TEXT NOT NULL,
  engine_json TEXT NOT NULL,
  corpus_id INTEGER NOT NULL REFERENCES corpora,
  tokenizer_id INTEGER REFERENCES tokenizers,
  parameters INTEGER NOT NULL,
  step INTEGER NOT NULL DEFAULT 0,
  tokens_seen INTEGER NOT NULL DEFAULT 0,
  words_seen INTEGER NOT NULL DEFAULT 0,
  loss_nats REAL,
  tokens_per_second REAL,
  remaining_ms REAL,
  elapsed_ms REAL NOT NULL DEFAULT 0,
  queued_order REAL NOT NULL DEFAULT 0,
  scores_only INTEGER NOT NULL DEFAULT 0,  -- queued to score what it has, not to train on
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE run_metrics (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL,
  tokens_seen INTEGER NOT NULL,
  words_seen INTEGER NOT NULL,
  loss_nats REAL NOT NULL,
  learning_rate REAL NOT NULL,
  gradient_norm REAL NOT NULL,
  tokens_per_second REAL NOT NULL,
  elapsed_ms REAL NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL,
  tokens_seen INTEGER NOT NULL,
  words_seen INTEGER NOT NULL,
  held_out_nats_per_token REAL,
  has_weights INTEGER NOT NULL,
  has_optimizer INTEGER NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  UNIQUE (run_id, step)
) STRICT;

-- What is to be scored at a run's checkpoints: all of them, or those whose steps are listed.
CREATE TABLE score_targets (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  suite_id INTEGER NOT NULL REFERENCES suites,
  profile_id INTEGER NOT NULL REFERENCES profiles,
  pairs_per_class INTEGER,
  steps_json TEXT,
  PRIMARY KEY (run_id, suite_id, profile_id)
) STRICT, WITHOUT ROWID;

-- How sentences become tokens: profiles that differ in nothing else share the token ids.
CREATE TABLE encodings (
  id INTEGER PRIMARY KEY,
  tokenizer_id INTEGER NOT NULL REFERENCES tokenizers,
  prefix TEXT NOT NULL,
  leading_space INTEGER NOT NULL,
  text_form TEXT NOT NULL,
  UNIQUE (tokenizer_id, prefix, leading_space, text_form)
) STRICT;

CREATE TABLE pair_tokens (
  encoding_id INTEGER NOT NULL REFERENCES encodings ON DELETE CASCADE,
  pair_id INTEGER NOT NULL REFERENCES pairs,
  scored_from INTEGER NOT NULL,    -- leading tokens of each sentence that have no score
  good_tokens INTEGER NOT NULL,    -- tokens of the good sentence, unscored ones among them
  ids BLOB NOT NULL,               -- uint32, little-endian: the good sentence's, then the bad one's
  PRIMARY KEY (encoding_id, pair_id)
) STRICT, WITHOUT ROWID;

-- One suite under one profile at one checkpoint.
CREATE TABLE scorings (
  id INTEGER PRIMARY KEY,
  checkpoint_id INTEGER NOT NULL REFERENCES checkpoints ON DELETE CASCADE,
  suite_id INTEGER NOT NULL REFERENCES suites,
  profile_id INTEGER NOT NULL REFERENCES profiles,
  encoding_id INTEGER NOT NULL REFERENCES encodings,
  finished_at_ms INTEGER,          -- null while its first pass is not through
  UNIQUE (checkpoint_id, suite_id, profile_id)
) STRICT;

-- Clustered by scoring, then pair: a class at a checkpoint is one range, a pair one look-up each.
CREATE TABLE scores (
  scoring_id INTEGER NOT NULL REFERENCES scorings ON DELETE CASCADE,
  pair_id INTEGER NOT NULL REFERENCES pairs,
  good_nats REAL NOT NULL,
  bad_nats REAL NOT NULL,
  token_nats BLOB NOT NULL,        -- float32, little-endian, of scored tokens: good's, then bad's
  PRIMARY KEY (scoring_id, pair_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE class_scores (
  scoring_id INTEGER NOT NULL REFERENCES scorings ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes,
  pairs INTEGER NOT NULL,
  right INTEGER NOT NULL,
  ties INTEGER NOT NULL,
  mean_delta REAL NOT NULL,
  mean_delta_low REAL NOT NULL,    -- seeded bootstrap, 95 %
  mean_delta_high REAL NOT NULL,
  sd_delta REAL NOT NULL,
  PRIMARY KEY (scoring_id, class_id)
) STRICT, WITHOUT ROWID;

-- What annotators did, in order; undoing is one more event, so nothing is ever lost.
CREATE TABLE annotation_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  annotator TEXT NOT NULL,
  kind TEXT NOT NULL,              -- judgement, flag, undo, redo
  class_id INTEGER REFERENCES classes,
  pair_id INTEGER REFERENCES pairs,
  run_id INTEGER,                  -- kept when its run is deleted
  target_id INTEGER REFERENCES annotation_events,
  value_json TEXT
) STRICT;
CREATE TRIGGER annotation_events_keep BEFORE UPDATE ON annotation_events
BEGIN SELECT RAISE(ABORT, 'annotation events are append-only'); END;
CREATE TRIGGER annotation_events_stay BEFORE DELETE ON annotation_events
BEGIN SELECT RAISE(ABORT, 'annotation events are append-only'); END;
`;

// same_words() and pack_nats() are in sql-functions.ts.
const second = `
-- 1: the sentences are of the same words in another order.
ALTER TABLE pairs ADD COLUMN same_words INTEGER NOT NULL DEFAULT 0;
UPDATE pairs SET same_words = same_words(good, bad);
ALTER TABLE classes ADD COLUMN same_words_pairs INTEGER NOT NULL DEFAULT 0;
UPDATE classes SET same_words_pairs =
  (SELECT coalesce(sum(p.same_words), 0) FROM pairs p WHERE p.class_id = classes.id);

-- Full-text search over sentences, kept in step by triggers.
CREATE VIRTUAL TABLE pairs_text USING fts5(
  good, bad, content='pairs', content_rowid='id', tokenize='unicode61', prefix='1 2 3');
INSERT INTO pairs_text (pairs_text) VALUES ('rebuild');
CREATE TRIGGER pairs_text_add AFTER INSERT ON pairs
BEGIN INSERT INTO pairs_text (rowid, good, bad) VALUES (new.id, new.good, new.bad); END;
CREATE TRIGGER pairs_text_drop AFTER DELETE ON pairs
BEGIN INSERT INTO pairs_text (pairs_text, rowid, good, bad) VALUES ('delete', old.id, old.good, old.bad); END;

-- Sentence scores of a class at a checkpoint: scores.good_nats of its pairs, then scores.bad_nats.
CREATE TABLE class_nats (
  class_id INTEGER NOT NULL REFERENCES classes,
  scoring_id INTEGER NOT NULL REFERENCES scorings ON DELETE CASCADE,
  nats BLOB NOT NULL,              -- float64, little-endian; NaN where a pair is not scored
  PRIMARY KEY (class_id, scoring_id)
) STRICT;
CREATE INDEX class_nats_of_scoring ON class_nats (scoring_id);
INSERT INTO class_nats (class_id, scoring_id, nats)
  SELECT c.id, x.scoring_id,
    (SELECT pack_nats(c.pairs, s.pair_id - c.first_pair_id, s.good_nats, s.bad_nats) FROM scores s
     WHERE s.scoring_id = x.scoring_id AND s.pair_id BETWEEN c.first_pair_id AND c.first_pair_id + c.pairs - 1)
  FROM class_scores x JOIN classes c ON c.id = x.class_id;

CREATE TABLE saved_views (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL,           -- gardenpath://…
  created_at_ms INTEGER NOT NULL
) STRICT;
`;

const third = `
-- N-gram models, one a corpus and tokenizer (null: of words). The counts are in ngrams/<key>.ngrams.
CREATE TABLE ngram_models (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  corpus_id INTEGER NOT NULL REFERENCES corpora,
  tokenizer_id INTEGER REFERENCES tokenizers,
  line_end TEXT NOT NULL,
  highest_order INTEGER NOT NULL,
  tokens INTEGER NOT NULL,         -- counted, line ends with them
  distinct_json TEXT NOT NULL,     -- distinct n-grams by order
  file_bytes INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL,
  counted_at_ms INTEGER NOT NULL
) STRICT;

-- One suite scored by one n-gram model; of words (encoding null) the same under every profile.
CREATE TABLE ngram_scorings (
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES ngram_models ON DELETE CASCADE,
  suite_id INTEGER NOT NULL REFERENCES suites,
  encoding_id INTEGER REFERENCES encodings
) STRICT;
CREATE UNIQUE INDEX ngram_scorings_once ON ngram_scorings (model_id, suite_id, coalesce(encoding_id, 0));

CREATE TABLE ngram_class_nats (
  scoring_id INTEGER NOT NULL REFERENCES ngram_scorings ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes,
  nats BLOB NOT NULL,              -- float64: see store/ngrams.ts
  PRIMARY KEY (scoring_id, class_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ngram_pair_tokens (
  scoring_id INTEGER NOT NULL REFERENCES ngram_scorings ON DELETE CASCADE,
  pair_id INTEGER NOT NULL REFERENCES pairs,
  nats BLOB NOT NULL,              -- float32, order by order: the good sentence's scored tokens, then the bad one's
  matched BLOB NOT NULL,           -- uint8, one a token: length of the longest n-gram seen
  PRIMARY KEY (scoring_id, pair_id)
) STRICT, WITHOUT ROWID;

-- A plan, the corpora that were edited for it, and the runs on them; results are computed from their scores.
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  base_run_id INTEGER NOT NULL,    -- kept when its run is deleted
  plan_json TEXT NOT NULL,
  edits_json TEXT,                 -- bigrams and what each edit changed; null while it is not edited
  error TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE experiment_runs (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  condition TEXT NOT NULL,
  seed INTEGER NOT NULL,
  PRIMARY KEY (experiment_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX experiment_runs_of_run ON experiment_runs (run_id);
`;

const sweeps = `
CREATE TABLE sweeps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  plan_json TEXT NOT NULL,
  place TEXT NOT NULL,             -- local or slurm: where it was started last
  created_at_ms INTEGER NOT NULL
) STRICT;

-- The runs of a sweep's latest plan. What has become of each is in its folder, runs/<key>.
CREATE TABLE sweep_runs (
  sweep_id INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
  key TEXT NOT NULL,               -- hash of all that determines the model
  position INTEGER NOT NULL,       -- in the plan
  values_json TEXT NOT NULL,       -- its value on each axis
  cancelled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sweep_id, key)
) STRICT, WITHOUT ROWID;

-- Which task of which Slurm array carries out which run.
CREATE TABLE sweep_tasks (
  job_id INTEGER NOT NULL,         -- Slurm's number of the array
  task INTEGER NOT NULL,
  sweep_id INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
  key TEXT NOT NULL,
  work TEXT NOT NULL,              -- all, train or score
  submitted_at_ms INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, job_id, task)
) STRICT, WITHOUT ROWID;

-- Runs that were taken in from run folders, so that none is taken in twice.
CREATE TABLE gathered_runs (
  key TEXT PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  manifest_sha256 TEXT NOT NULL,   -- of the list of its files and their hashes
  gathered_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX gathered_runs_of_run ON gathered_runs (run_id);
`;

const parts = `
-- Parts of a pair's sentences that a scoring method compares: one-prefix, two-prefix, region, conditional.
CREATE TABLE pair_parts (
  pair_id INTEGER NOT NULL REFERENCES pairs ON DELETE CASCADE,
  method TEXT NOT NULL,
  good_json TEXT NOT NULL,         -- [[from, to], …]: UTF-16 units of the sentence, to exclusive
  bad_json TEXT NOT NULL,
  PRIMARY KEY (pair_id, method)
) STRICT, WITHOUT ROWID;

-- Scores of parts come from the token scores of this scoring, and have none of their own.
ALTER TABLE scorings ADD COLUMN whole_scoring_id INTEGER REFERENCES scorings ON DELETE CASCADE;
CREATE INDEX scorings_of_whole ON scorings (whole_scoring_id);

-- How a suite's makers score it: a method, or sentence.
ALTER TABLE suites ADD COLUMN own_method TEXT NOT NULL DEFAULT 'sentence';

-- What a suite of a user's own was made from, so that it can be opened again.
CREATE TABLE suite_drafts (
  suite_id INTEGER PRIMARY KEY REFERENCES suites ON DELETE CASCADE,
  kind TEXT NOT NULL,              -- template: text in the template language; pairs: pairs typed by hand
  text TEXT NOT NULL,
  settings_json TEXT NOT NULL      -- SuiteDraft's others: seed, number of pairs, name
) STRICT;
`;

export const migrations: readonly string[] = [first, second, third, sweeps, parts];

/** Tells a Gardenpath project from any other SQLite file ("Gdnp"). */
export const applicationId = 0x47646e70;
