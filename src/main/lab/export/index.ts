// The export room: what others may use of it.
export { exportAll } from './export-all.ts';
