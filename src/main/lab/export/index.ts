// The export room: what others may use of it.
export { exportAll } from './export-all.ts';
export { entrenchmentCells, separationCells } from './report/cells.ts';
export { reportFiles, type ReportContent } from './report/index.ts';
export { labelStudioTasks } from './label-studio.ts';
export { readJudgements } from './read-judgements.ts';
export { judgementsTable } from './tables.ts';
export { writeSamples } from './lm-eval.ts';
export { writeParquet } from './parquet.ts';
export { packProject } from './pack.ts';
export { unpackProject } from './unpack.ts';
export { Writing, type HowFar } from './writing.ts';
export { writeHandover } from './handover.ts';
