import { namePattern } from '../../core/address.ts';
import { errorAt } from '../../core/errors.ts';
import type { AlgorithmRef } from '../algorithm.ts';
import { forecast, nop } from '../pruners/index.ts';
import { auto, samplerOf } from '../samplers/index.ts';
import { withReplicates } from '../samplers/replicated.ts';
import { type CompiledSpace, compileSpace } from '../space/compile.ts';
import type { Infer, NestedParams } from '../space/infer.ts';
import type { SpaceShape } from '../space/param.ts';
import type { DailyReturns } from '../trial/daily-returns.ts';
import type { Constraints, Direction, Goal, PruneOn } from '../trial/history.ts';
import type { Replicates } from '../trial/replicates.ts';
import type { NoiseInput } from '../trial/told-noise.ts';
import type { Metrics } from '../trial/trial.ts';
import { type BudgetInput, budgetOf } from './budget.ts';
import { checkAlgorithms } from './check-algorithms.ts';
import { type GoalsInput, goalsOf, isDirection, type PruneOnInput, pruneOnOf } from './goals.ts';
import { type Needs, needsOf } from './needs.ts';
import { checkPriority } from './priority.ts';
import type { Smoke } from './smoke.ts';
import type { Budget } from './storage.ts';
import type { TrialContext } from './trial-context.ts';
import type { WalkForward } from './walk-forward.ts';

const wrong = errorAt('study_invalid');

/** Parts of a result beside its values. */
export interface ResultDetails {
  /** Each is met at 0 or below. A trial that misses one is never among the best. */
  readonly constraints?: Constraints;
  /** Numbers kept with the trial. */
  readonly metrics?: Metrics;
  /** Net return of each day that the value was measured on: what over-fitting is judged from. At most 4096 days. */
  readonly dailyReturns?: DailyReturns;
}

/** Result of an objective: its value, with constraints and metrics where there are any. */
export type ObjectiveResult =
  | number
  | ({
      readonly value: number;
      /** How uncertain the value is: of a mean over n seeds `{ sd, seeds: n }` with the standard error of the mean. Samplers that model noise use it. */
      readonly noise?: NoiseInput;
    } & ResultDetails);

/** Result in a study with several objectives: a value for each of them. */
export type SeveralResult<Name extends string = string> = { readonly values: Readonly<Record<Name, number>> } & ResultDetails;

/** Result that a study with these goals expects. `Goals` is `GoalsInput` itself in a study with a single objective. */
export type ResultOf<Goals extends GoalsInput> = string extends keyof Goals ? ObjectiveResult : SeveralResult<keyof Goals & string>;
/** Report that a study with these goals expects: a value, or metrics by name. */
export type ReportedBy<Goals extends GoalsInput> = string extends keyof Goals ? number : Metrics;

export type Objective<Params, Result = ObjectiveResult | SeveralResult, Reported = number | Metrics> = (
  context: TrialContext<Params, Reported>,
) => Result | Promise<Result>;

export interface StudyOptions<Shape extends SpaceShape, Goals extends GoalsInput = GoalsInput> {
  /** Lower-case letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** Direction of a single objective; several are given by {@link objectives}. */
  readonly direction?: Direction;
  /** Several objectives: `{ sharpe: 'maximize', drawdown: { direction: 'minimize', reference: 0.3 } }`. */
  readonly objectives?: Goals;
  readonly space: Shape;
  readonly objective: Objective<Infer<Shape>, ResultOf<Goals>, ReportedBy<Goals>>;
  /** Default: {@link defaultSampler}. */
  readonly sampler?: AlgorithmRef;
  /** Default: {@link defaultPruner}, or the sampler's own (pbt). Acts only if the objective reports; needs {@link pruneOn} if there are several objectives. */
  readonly pruner?: AlgorithmRef;
  /** With several objectives: the reported metric that the pruner decides on. */
  readonly pruneOn?: PruneOnInput;
  /** Default: 100 trials, if there is no other limit. */
  readonly budget?: BudgetInput;
  /**
   * How often a configuration is tried, each time with another seed: n times, or `'auto'`, again where the model of `auto` or `gp` says that a
   * second look is worth more than a new configuration. Trials of a configuration count as one in what is best and each in the budget. Default: `'none'`.
   */
  readonly replicates?: Replicates;
  /**
   * Names of earlier studies that the search starts from: of the same or an overlapping space, with other data or another reward. Each counts by how
   * well it orders the trials of this one. With the samplers `auto`, `gp` and `tpe`, and one objective. Their trials stay theirs in budgets, and count
   * for luck where they looked at the same data.
   */
  readonly warmStart?: readonly string[];
  /** Seed of all random numbers of the study. Default: 0. */
  readonly seed?: number;
  /** Number of lost attempts after which a trial fails. Default: 3. */
  readonly maxAttempts?: number;
  /** Workers that serve several studies take trials of the highest priority first. Default: 0. */
  readonly priority?: number;
  /** Studies that are frozen together while one of them works to pass its gates: see `assay freeze`. Named like a study. */
  readonly group?: string;
  /**
   * Name of the study that is opened once a trial of this one lifts the freeze of the group. Its file lies beside this one:
   * `dual-ticker-full.ts`, unless it was opened before. Needs {@link group}.
   */
  readonly next?: string;
  /** Resources of one trial: `{ threads: 2, memoryMb: 4096, device: 'gpu' }`, or some of them. */
  readonly needs?: Needs;
  /** Name of the platform's gate policy that trials of the study are promoted by (docs/gates.md). Default: `default`. */
  readonly policy?: string;
  /** Evaluation of trials on data that the search did not use. */
  readonly walkForward?: WalkForward<Infer<Shape>>;
  /** Short training that `assay smoke` reports on. Default: it runs the objective. */
  readonly smoke?: Smoke<Infer<Shape>>;
}

/** A defined study: the default export of a study file. */
export interface StudyDefinition<Params = NestedParams> {
  readonly kind: 'study';
  readonly name: string;
  readonly direction: Direction;
  readonly objectives: readonly Goal[] | null;
  readonly space: CompiledSpace;
  readonly objective: Objective<Params>;
  readonly sampler: AlgorithmRef;
  readonly pruner: AlgorithmRef;
  readonly pruneOn: PruneOn | null;
  readonly budget: Budget;
  readonly replicates: Replicates;
  readonly warmStart: readonly string[];
  readonly seed: number;
  readonly maxAttempts: number;
  readonly priority: number;
  readonly needs: Needs | null;
  readonly group: string | null;
  readonly next: string | null;
  readonly policy: string;
  readonly walkForward: WalkForward<Params> | null;
  readonly smoke: Smoke<Params> | null;
}

/** Sampler used when a study names none. */
export const defaultSampler = (): AlgorithmRef => auto();
/** Gate policy of a study that names none. */
export const defaultGatePolicy = 'default';
/** Pruner used when a study names none. */
export const defaultPruner = (): AlgorithmRef => forecast();

/**
 * Defines a study: a search space, what to optimise in it, and how. A study file exports it as its default.
 * @throws AssayError `study_invalid` or `space_invalid`, naming what is wrong.
 *
 * @example
 * ```ts
 * import { defineStudy, float, int, median } from 'assay';
 *
 * export default defineStudy({
 *   name: 'paraboloid',
 *   direction: 'minimize',
 *   space: { lr: float(1e-5, 1e-1, { log: true }), layers: int(1, 4) },
 *   pruner: median(),
 *   budget: { trials: 50 },
 *   objective: async ({ params, report }) => {
 *     let loss = Number.POSITIVE_INFINITY;
 *     for (let step = 1; step <= 20; step++) {
 *       loss = (Math.log10(params.lr) + 3) ** 2 + params.layers / 10 + 5 / step;
 *       await report(step, loss); // throws when the pruner stops the trial
 *     }
 *     return loss;
 *   },
 * });
 * ```
 */
export function defineStudy<const Shape extends SpaceShape, const Goals extends GoalsInput = GoalsInput>(
  options: StudyOptions<Shape, Goals>,
): StudyDefinition<Infer<Shape>> {
  const { name, objective, sampler = defaultSampler() } = options;
  const { seed = 0, maxAttempts = 3, priority = 0, walkForward = null, smoke = null, group = null, next = null } = options;
  const { policy = defaultGatePolicy, replicates = 'none', warmStart = [] } = options;
  checkKeys(options);
  checkStudyName('name', name, 'a study');
  if (group !== null) checkStudyName('group', group, 'a group');
  if (next !== null) checkStudyName('next', next, 'a study');
  if (next !== null && group === null)
    throw wrong('next', 'a next study waits for the freeze of a group', "name the group too: group: 'dual-ticker'");
  if (next === name) throw wrong('next', `study ${name} cannot come next after itself`, 'name the study that goes on from it');
  const objectives = options.objectives === undefined ? null : goalsOf(options.objectives);
  const direction = objectives === null ? options.direction : objectives[0]!.direction;
  if (!isDirection(direction))
    throw wrong('direction', `${JSON.stringify(direction)} is no direction`, "use 'minimize' or 'maximize', or name several objectives");
  if (objectives !== null && options.direction !== undefined)
    throw wrong('direction', 'each of several objectives has its own direction', 'leave direction out');
  const pruneOn = pruneOnOf(options.pruneOn, objectives);
  const pruner =
    options.pruner ?? (samplerOf(sampler).prunes === true ? sampler : objectives !== null && pruneOn === null ? nop() : defaultPruner());
  if (typeof objective !== 'function')
    throw wrong('objective', 'the objective is not a function', 'give objective: async (context) => number');
  checkCount('maxAttempts', maxAttempts, 1, 1_000_000);
  checkCount('seed', seed, 0);
  checkPriority(priority);
  const needs = needsOf(options.needs);
  if (typeof policy !== 'string' || !/^[a-z0-9][a-z0-9-]{0,99}$/.test(policy))
    throw wrong(
      'policy',
      `${JSON.stringify(policy)} cannot be the name of a gate policy`,
      'a study names a gate policy and states none of its numbers: docs/gates.md',
    );
  checkAlgorithms({ sampler, pruner, objectives, pruneOn, replicates, warmStart });
  if (warmStart.includes(name))
    throw wrong('warmStart', `study ${name} cannot start from itself`, 'leave it out: a study goes on from its own trials');
  const space = compileSpace(options.space as SpaceShape);
  const budget = budgetOf(
    options.budget === undefined ? {} : options.budget,
    objectives,
    withReplicates(samplerOf(sampler), replicates).trials?.(space),
  );
  return Object.freeze({
    kind: 'study',
    name,
    direction,
    objectives,
    space,
    // The runner reads the results by the study's own objectives, so the wider type is safe.
    objective: objective as Objective<Infer<Shape>>,
    sampler,
    pruner,
    pruneOn,
    budget,
    replicates,
    warmStart: [...warmStart],
    seed,
    maxAttempts,
    priority,
    needs,
    group,
    next,
    policy,
    walkForward,
    smoke,
  });
}

/** True if a module's default export is a study. */
export function isStudyDefinition(value: unknown): value is StudyDefinition {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'study' && 'objective' in value && 'space' in value
  );
}

const knownKeys = [
  'name',
  'direction',
  'objectives',
  'space',
  'objective',
  'sampler',
  'pruner',
  'pruneOn',
  'budget',
  'replicates',
  'warmStart',
  'seed',
  'maxAttempts',
  'priority',
  'needs',
  'group',
  'next',
  'policy',
  'walkForward',
  'smoke',
];

/** Refuses unknown options, for study files that were not type-checked. */
function checkKeys(options: object): void {
  for (const key of Object.keys(options))
    if (!knownKeys.includes(key)) throw wrong(key, `a study has no ${JSON.stringify(key)}`, `known: ${knownKeys.join(', ')}`);
}

function checkStudyName(place: string, name: unknown, of: string): void {
  if (typeof name === 'string' && namePattern.test(name)) return;
  throw wrong(
    place,
    `${JSON.stringify(name)} cannot be the name of ${of}`,
    'use up to 100 lower-case letters, digits, -, _ and ., e.g. nvda-msft',
  );
}

function checkCount(place: string, value: number, min: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < min || value > most)
    throw wrong(place, `${value} is not a whole number from ${min} to ${most}`, `give a whole number from ${min} to ${most}`);
}
