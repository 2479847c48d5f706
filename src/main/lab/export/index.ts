// The export room: what others may use of it.
export { csvLine, csvTable, type Cell } from './csv.ts';
export { exportAll } from './export-all.ts';
