import { errorAt } from '../../core/errors.ts';
import { isReservedKey } from '../../core/reserved-keys.ts';
import { storableText } from '../../core/text.ts';
import type { Direction, Goal, PruneOn } from '../trial/history.ts';

const wrong = errorAt('study_invalid');

/** Several objectives by name. The first one is primary: lists of trials are sorted by it. */
export type GoalsInput = Readonly<Record<string, Direction | { readonly direction: Direction; readonly reference?: number }>>;

/** The name of an objective, or another metric with its direction. */
export type PruneOnInput = string | PruneOn;

const namePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

export function isDirection(value: unknown): value is Direction {
  return value === 'minimize' || value === 'maximize';
}

/** @throws AssayError `study_invalid`. */
export function goalsOf(input: GoalsInput): readonly Goal[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw wrong('objectives', 'objectives must map names to directions', "give objectives: { sharpe: 'maximize', drawdown: 'minimize' }");
  const goals = Object.entries(input).map(([name, goal]) => goalOf(name, typeof goal === 'string' ? { direction: goal } : goal));
  if (goals.length < 2)
    throw wrong('objectives', `needs at least 2, got ${goals.length}`, "name at least two; for one objective give direction: 'maximize'");
  return goals;
}

function goalOf(
  name: string,
  { direction, reference = null }: { readonly direction: Direction; readonly reference?: number | null },
): Goal {
  const place = `objectives.${name}`;
  if (!namePattern.test(name) || isReservedKey(name))
    throw wrong(
      place,
      `${JSON.stringify(name)} cannot name an objective`,
      'use up to 100 letters, digits, -, _ and ., beginning with a letter',
    );
  if (!isDirection(direction)) throw wrong(place, `${JSON.stringify(direction)} is no direction`, "use 'minimize' or 'maximize'");
  if (reference !== null && !Number.isFinite(reference))
    throw wrong(place, `the reference ${reference} is no finite number`, 'give the worst value that is worth having');
  return { name, direction, reference };
}

/** @throws AssayError `study_invalid`. */
export function pruneOnOf(input: PruneOnInput | undefined, goals: readonly Goal[] | null): PruneOn | null {
  if (input === undefined) return null;
  if (goals === null)
    throw wrong('pruneOn', 'a study with one objective prunes on it', 'leave pruneOn out: it is for studies with several objectives');
  if (typeof input === 'string') {
    const goal = goals.find(({ name }) => name === input);
    if (goal !== undefined) return { metric: goal.name, direction: goal.direction };
    const names = goals.map(({ name }) => name).join(', ');
    throw wrong(
      'pruneOn',
      `${JSON.stringify(input)} is no objective`,
      `name one of ${names}, or give { metric: '${input}', direction: 'maximize' }`,
    );
  }
  const { metric, direction } = input;
  if (typeof metric !== 'string' || metric === '' || storableText(metric) !== metric || isReservedKey(metric))
    throw wrong('pruneOn', `${JSON.stringify(metric)} cannot be the name of a metric`, "give { metric: 'loss', direction: 'minimize' }");
  if (!isDirection(direction)) throw wrong('pruneOn', `${JSON.stringify(direction)} is no direction`, "use 'minimize' or 'maximize'");
  return { metric, direction };
}

/** Describes the objectives in words: `maximize sharpe and minimize drawdown`. */
export function aimsOf({ direction, objectives }: { readonly direction: Direction; readonly objectives: readonly Goal[] | null }): string {
  return objectives === null ? direction : objectives.map((goal) => `${goal.direction} ${goal.name}`).join(' and ');
}

/** Returns the metric that every report of a study with several objectives must have: the trial's curve. */
export function reportedMetric(goals: readonly Goal[], pruneOn: PruneOn | null): string {
  return pruneOn?.metric ?? goals[0]!.name;
}
