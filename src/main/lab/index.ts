// The lab, for those outside it: the utility process, tests, benchmarks.
export { createLab, type LabOptions, type RunningLab } from './handlers/create-lab.ts';
