/** What a study file imports as `assay`. Nothing here may reach the database, the thread pool or the web server. */
export { AssayError, type ErrorCode, type ErrorDetails } from './core/errors.ts';
export type { Json } from './core/json.ts';
export type { Rng, RngState } from './core/rng.ts';
export type { SharedTable } from './core/table.ts';
export type { FeatureChoice, FeatureRef } from './features/choice.ts';
export type { FeatureFamily } from './features/define.ts';
export type { Bar, FeatureContext, FeatureHistory, FeatureSet, FeatureStream, RowRange } from './features/feature-set.ts';
export type { Memory } from './features/memory.ts';
export { defineFeatureSet, type FeatureSetOptions } from './features/own-set.ts';
export { phoenixBase } from './features/phoenix/base.ts';
export { phoenixOfi } from './features/phoenix/ofi.ts';
export { type ArrivingBar, type FeatureFeed, type FeatureState, startFeatures } from './features/stream.ts';
export { externalTrainer } from './interop/trainer/external-trainer.ts';
export type { ExternalTrainerOptions } from './interop/trainer/options.ts';
export type { AlignedBars, BarColumns, ContractLabels, NamedColumns } from './market/bars.ts';
export type { Session, SessionCalendar } from './market/calendars/calendar.ts';
export type { Instrument } from './market/instruments.ts';
export type { Algorithm, AlgorithmDefinition, AlgorithmRef, CreateOther } from './search/algorithm.ts';
export { definePruner } from './search/pruners/define-pruner.ts';
export {
  forecast,
  hyperband,
  median,
  nop,
  patient,
  percentile,
  prunerOf,
  successiveHalving,
  threshold,
  wilcoxon,
} from './search/pruners/index.ts';
export type { Advance, PeerCurve, PruneDecision, Pruner } from './search/pruners/pruner.ts';
export { type Expected, type Recommendation, recommend } from './search/recommend/recommend.ts';
export { defineSampler } from './search/samplers/define-sampler.ts';
export { auto, cmaes, gp, grid, nsga2, pbt, qmc, random, samplerOf, tpe } from './search/samplers/index.ts';
export type { Fork, Population, Sampler } from './search/samplers/sampler.ts';
export { branch, choice, fixed, float, int, type NumberOptions, repeat, when } from './search/space/builders.ts';
export { type CompiledSpace, compileSpace, type FlatParam, type Guard } from './search/space/compile.ts';
export type { Flat, Guarded, Infer, InferCases, InferParam, NestedParams } from './search/space/infer.ts';
export { flatten, nest } from './search/space/nest.ts';
export type {
  BranchParam,
  ChoiceParam,
  ChoiceValue,
  FlatParams,
  FloatParam,
  Guardable,
  IntParam,
  LeafParam,
  Param,
  ParamJson,
  RepeatParam,
  SpaceJson,
  SpaceShape,
  WhenGuard,
} from './search/space/param.ts';
export type { StoppingOptions } from './search/stopping-advice/stopping-advice.ts';
export {
  type AskTell,
  type AskTellInMemory,
  type AskTellOptions,
  type Awaitable,
  type BestTrial,
  createAskTell,
  type Suggestion,
  type Told,
  type ToldValue,
} from './search/study/ask-tell.ts';
export type { BudgetInput } from './search/study/budget.ts';
export type {
  DataFault,
  DataQualityCheck,
  LookAheadCheck,
  LookAheadPlace,
  PolicyChecks,
  SavedPolicy,
  WalkedStress,
} from './search/study/checks.ts';
export {
  defineStudy,
  type Objective,
  type ObjectiveResult,
  type ReportedBy,
  type ResultDetails,
  type ResultOf,
  type SeveralResult,
  type StudyDefinition,
  type StudyOptions,
} from './search/study/define-study.ts';
export type { GoalsInput, PruneOnInput } from './search/study/goals.ts';
export type { Needs } from './search/study/needs.ts';
export type { Smoke, SmokeCheck, SmokeContext, SmokeVerdict } from './search/study/smoke.ts';
export type { Budget, RuntimeInfo, StopWhen } from './search/study/storage.ts';
export type { PlannedWindow, StudyAhead, TrainingPace } from './search/study/study-ahead.ts';
export {
  type Checkpoint,
  type CheckpointBytes,
  type Device,
  type ReportOptions,
  type SearchWindow,
  TrialCancelled,
  type TrialContext,
  TrialPruned,
} from './search/study/trial-context.ts';
export type {
  CheckContext,
  EvidenceAhead,
  FoldEvaluation,
  FoldParts,
  FoldWindow,
  ValidationContext,
  VariedSettings,
  VaultPlan,
  WalkForward,
  WalkForwardChecks,
  WindowPart,
} from './search/study/walk-forward.ts';
export type { DailyReturns } from './search/trial/daily-returns.ts';
export type {
  Constraints,
  Curve,
  Direction,
  EarlierStudy,
  EarlierTrial,
  Forecast,
  Goal,
  History,
  Observation,
  PruneOn,
} from './search/trial/history.ts';
export type { Replicates } from './search/trial/replicates.ts';
export type { NoiseInput, ToldNoise } from './search/trial/told-noise.ts';
export type { Metrics } from './search/trial/trial.ts';
export type { AgentConfig, AgentId, AgentOptions } from './trading/agents/create.ts';
export { type RecurrentPpoOptions, recurrentPpoDefaults } from './trading/agents/recurrent-ppo/options.ts';
export { type SacOptions, sacDefaults } from './trading/agents/sac/options.ts';
export { loadTradingConfig } from './trading/config/load.ts';
export type { TradingConfig } from './trading/config/schema.ts';

export type { BasisPointCosts } from './trading/env/costs.ts';
export { type CostModel, type EnvironmentConfig, environmentDefaults } from './trading/env/options.ts';
export type { RewardV2Coefficients, RewardV2Options } from './trading/rewards/reward-v2.ts';
export type { ShapingOptions } from './trading/rewards/shaping.ts';
export type { RewardOptions } from './trading/rewards/task-reward.ts';
export type { TradingTaskOptions } from './trading/task/options.ts';
export type { SessionPlan } from './trading/task/session-plan.ts';
export { type TradingTask, type TrialResult, tradingTask } from './trading/task/task.ts';
export type { TrainingConfig } from './trading/training/options.ts';
export { type CausalRequest, type CausalResult, checkCausal, checkDeterministic } from './validation/checks/repeatable.ts';
