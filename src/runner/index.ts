/** Entry of a build for programs that start supervisors themselves. */
export { loadStudy } from './study-files/load-study.ts';
export { runStudy } from './supervisor/run-study.ts';
export { workStudies } from './supervisor/work-studies.ts';
