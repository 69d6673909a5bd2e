import { AssayError } from '../../core/errors.ts';
import { median, prunerOf } from '../pruners/index.ts';
import { samplerOf, tpe } from '../samplers/index.ts';
import { type CompiledSpace, compileSpace } from '../space/compile.ts';
import type { Infer, NestedParams } from '../space/infer.ts';
import type { SpaceShape } from '../space/param.ts';
import type { Direction } from '../trial/history.ts';
import type { Metrics } from '../trial/trial.ts';
import type { AlgorithmRef, Budget, ModuleRef, StudyDescription } from './storage.ts';
import type { TrialContext } from './trial-context.ts';
import type { WalkForward } from './walk-forward.ts';

/** What an objective ends with: its value, and figures to keep beside it. */
export type ObjectiveResult = number | { readonly value: number; readonly metrics?: Metrics };

export type Objective<Params> = (context: TrialContext<Params>) => ObjectiveResult | Promise<ObjectiveResult>;

export interface StudyOptions<Shape extends SpaceShape> {
  /** Lower-case letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  readonly direction: Direction;
  readonly space: Shape;
  readonly objective: Objective<Infer<Shape>>;
  /** Default: {@link defaultSampler}. */
  readonly sampler?: AlgorithmRef;
  /** Default: {@link defaultPruner}; it only acts where the objective reports. */
  readonly pruner?: AlgorithmRef;
  /** Default: 100 trials. */
  readonly budget?: Budget;
  /** Default: 0. Everything random in the study derives from it. */
  readonly seed?: number;
  /** How often an interrupted or crashed trial is tried before it fails; default 3. */
  readonly maxAttempts?: number;
  /** How trials are judged on data that the search never saw. */
  readonly walkForward?: WalkForward<Infer<Shape>>;
}

/** What a study file exports as its default. */
export interface StudyDefinition<Params = NestedParams> {
  readonly kind: 'study';
  readonly name: string;
  readonly direction: Direction;
  readonly space: CompiledSpace;
  readonly objective: Objective<Params>;
  readonly sampler: AlgorithmRef;
  readonly pruner: AlgorithmRef;
  readonly budget: Budget;
  readonly seed: number;
  readonly maxAttempts: number;
  readonly walkForward: WalkForward<Params> | null;
}

/** Of studies that name none. */
export const defaultSampler = (): AlgorithmRef => tpe();
/** Of studies that name none. */
export const defaultPruner = (): AlgorithmRef => median();

/**
 * Define a study: a search space, what to optimise in it, and how.
 * @throws AssayError `study_invalid` or `space_invalid`, naming what is wrong.
 */
export function defineStudy<const Shape extends SpaceShape>(options: StudyOptions<Shape>): StudyDefinition<Infer<Shape>> {
  const { name, direction, objective, sampler = defaultSampler(), pruner = defaultPruner(), budget = { trials: 100 } } = options;
  const { seed = 0, maxAttempts = 3, walkForward = null } = options;
  checkKeys(options);
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name))
    throw wrong(
      'name',
      `${JSON.stringify(name)} cannot be the name of a study`,
      'use up to 100 lower-case letters, digits, -, _ and ., e.g. nvda-msft',
    );
  if (direction !== 'minimize' && direction !== 'maximize')
    throw wrong('direction', `${JSON.stringify(direction)} is no direction`, "use 'minimize' or 'maximize'");
  if (typeof objective !== 'function')
    throw wrong('objective', 'the objective is not a function', 'give objective: async (context) => number');
  if (typeof budget !== 'object' || budget === null)
    throw wrong('budget', `${JSON.stringify(budget)} is no budget`, 'give budget: { trials: 100 }');
  checkCount('budget.trials', budget.trials, 1);
  checkCount('maxAttempts', maxAttempts, 1);
  checkCount('seed', seed, 0);
  samplerOf(sampler);
  prunerOf(pruner);
  const space = compileSpace(options.space as SpaceShape);
  return Object.freeze({
    kind: 'study',
    name,
    direction,
    space,
    objective,
    sampler,
    pruner,
    budget,
    seed,
    maxAttempts,
    walkForward,
  });
}

/** Whether a module's default export is a study. */
export function isStudyDefinition(value: unknown): value is StudyDefinition {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'study' && 'objective' in value && 'space' in value
  );
}

/** The study as data, for whatever stores it; `module` says where its code is found. */
export function describeStudy<Params>(definition: StudyDefinition<Params>, module: ModuleRef): StudyDescription {
  const { name, direction, space, sampler, pruner, budget, seed, maxAttempts } = definition;
  return {
    name,
    direction,
    space: space.json,
    spaceHash: space.hash,
    sampler,
    pruner,
    budget,
    seed,
    maxAttempts,
    module,
  };
}

const knownKeys = ['name', 'direction', 'space', 'objective', 'sampler', 'pruner', 'budget', 'seed', 'maxAttempts', 'walkForward'];

/** TypeScript says it first; this is for files that were not typechecked. */
function checkKeys(options: object): void {
  for (const key of Object.keys(options))
    if (!knownKeys.includes(key)) throw wrong(key, `a study has no ${JSON.stringify(key)}`, `known: ${knownKeys.join(', ')}`);
}

function checkCount(place: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min)
    throw wrong(place, `${value} is not a whole number from ${min}`, `give a whole number of at least ${min}`);
}

function wrong(place: string, message: string, hint: string): AssayError {
  return new AssayError('study_invalid', message, { place, hint });
}
