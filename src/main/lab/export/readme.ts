// The README of an export: what each file is, column by column.

export const readme = (
  project: string,
  at: Date,
): string => `Everything in the Gardenpath project “${project}”, ${at.toISOString()}

CSV files are UTF-8, with a header line, commas, and CRLF line ends (RFC 4180). Numbers are written
in full. An empty cell: no value. A text that a spreadsheet would take for a formula (it begins with
= + - or @) has an apostrophe in front. Log-probabilities are natural logarithms (nats); Δ is
score(good sentence) − score(bad sentence), so that a pair is right where Δ > 0. Ids are those of the
project, the same in every file and in every export.

runs.json        Every run with its whole configuration and hashes of it, of corpus and of tokenizer.
checkpoints.csv  Checkpoints: tokens and words seen, cross entropy on the held-out text.
metrics.csv      Every training step: loss, learning rate, gradient norm, speed.
pairs.csv        Every pair of sentences of every suite, and whether both are of the same words.
classes.csv      Every class at every scored checkpoint: pairs, right, ties, accuracy with Wilson's
                 95 % interval, mean Δ with a seeded bootstrap 95 % interval, standard deviation of Δ.
scores/          One file for each run, suite and profile: a line a pair, and for each checkpoint the
                 scores of its two sentences (good_N, bad_N at step N). Of a run that keeps only which
                 sentence was chosen: 0 for that one, −1 for the other.
judgements.csv   What holds now: each annotator's vote on a class, adjudications, flags.
history.csv      Everything that annotators ever did, newest first; undone acts are marked.

parquet/         The same classes and pairs as Parquet; pair_scores with a line for every pair and
                 checkpoint; token_scores with one for every token of it: position counts from 0,
                 tokens that are context only have no token_nats.
`;
