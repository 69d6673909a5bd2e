/** The runner as a program of its own loads it from a build: what starts supervisors, and what they load a study file with. */
export { loadStudy } from './study-files/load-study.ts';
export { runStudy } from './supervisor/run-study.ts';
export { workStudies } from './supervisor/work-studies.ts';
