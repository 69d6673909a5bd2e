/** What a study file imports as `assay`. Nothing here may reach the database, the thread pool or the web server. */
export { AssayError } from './core/errors.ts';
export { forecast, hyperband, median, nop, patient, percentile, successiveHalving, threshold, wilcoxon } from './search/pruners/index.ts';
export { auto, cmaes, gp, grid, nsga2, pbt, qmc, random, tpe } from './search/samplers/index.ts';
export { branch, choice, fixed, float, int, repeat, when } from './search/space/builders.ts';
export { type CompiledSpace, compileSpace } from './search/space/compile.ts';
export type { Infer } from './search/space/infer.ts';
export {
  defineStudy,
  type StudyDefinition,
} from './search/study/define-study.ts';
export {
  type TrialContext,
  TrialPruned,
} from './search/study/trial-context.ts';
export type { WalkForward } from './search/study/walk-forward.ts';
export { loadTradingConfig } from './trading/config/load.ts';
export type { TradingConfig } from './trading/config/schema.ts';
export { type TradingTask, tradingTask } from './trading/task.ts';
export type { TradingTaskOptions } from './trading/task-options.ts';
