import { z } from 'zod';
import { parseDuration } from '../../core/duration.ts';
import { AssayError } from '../../core/errors.ts';
import { settingFault, unknownKey } from '../../core/schema-issue.ts';
import { stoppingOptions } from '../stopping-advice/stopping-advice.ts';
import type { Goal } from '../trial/history.ts';
import { unlimitedTrials } from './describe-budget.ts';
import type { Budget } from './storage.ts';

const duration = z.union([z.number(), z.string()]).transform((given, context) => {
  const ms = typeof given === 'string' ? parseDuration(given) : given;
  if (ms !== null && Number.isFinite(ms) && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: 'a duration such as 90s, 30m, 2h or 1d, or milliseconds' });
  return z.NEVER;
});

const stopWhen = z.strictObject({
  /** Stops once the objective reaches this value, or a better one. */
  target: z.number().optional(),
  /** Stops after n complete or pruned trials without a new best one (several objectives: a new member of the Pareto set). */
  noImprovement: z.int().min(1).optional(),
  /** Stops when more trials are unlikely to pay: options of the stopping advice, or true. */
  unlikelyToPay: z
    .union([z.literal(true).transform(() => stoppingOptions.parse({})), stoppingOptions], {
      error: `true, or ${Object.keys(stoppingOptions.shape).join(', ')}`,
    })
    .optional(),
  /** Stops after n failed trials. */
  failed: z.int().min(1).optional(),
});

export const budgetOptions = z.strictObject({
  /** Number of trials over all runs of the study. */
  trials: z.int().min(1).max(unlimitedTrials).optional(),
  /** Time in which at least one trial ran, over all runs of the study. */
  time: duration.optional(),
  /** Sum over all trials of the last step that the last attempt reported. */
  steps: z.int().min(1).optional(),
  /** True (default) if failed trials count among `trials`. */
  countFailed: z.boolean().optional(),
  stopWhen: stopWhen.optional(),
});

/** Limits of a study. The first one that is reached ends it: no trial begins any more, and open trials run to their end. */
export type BudgetInput = z.input<typeof budgetOptions>;

const defaultTrials = 100;

/** A study without a given number of trials does not begin more than this. */
const mostByDefault = 1_000_000;

/**
 * Fills in the defaults of a budget: 100 trials if there is no other limit, or the number that the sampler offers (a grid: each cell
 * once); failed trials count. If they do not count, `stopWhen.failed` defaults to `trials`, so that a study whose every trial fails ends.
 * @param offered number of different trials that the sampler offers (undefined: unlimited)
 * @throws AssayError `study_invalid`
 */
export function budgetOf(input: BudgetInput, goals: readonly Goal[] | null, offered?: bigint): Budget {
  const parsed = budgetOptions.safeParse(input);
  if (!parsed.success) throw wrong(input, parsed.error);
  const { time, steps, countFailed = true, stopWhen: rules = {}, trials: given } = parsed.data;
  const limited = time !== undefined || steps !== undefined || Object.keys(rules).length > 0;
  if (offered !== undefined && offered > mostByDefault && given === undefined && !limited)
    throw new AssayError('study_invalid', `${offered} combinations are more than a study tries by default`, {
      place: 'budget',
      hint: `give budget: { trials: ... }, or fewer points of the grid: up to ${mostByDefault} it tries each once`,
    });
  const unbounded = limited ? unlimitedTrials : defaultTrials;
  const trials = given ?? (offered !== undefined && offered <= mostByDefault ? Number(offered) : unbounded);
  for (const rule of ['target', 'unlikelyToPay'] as const)
    if (goals !== null && rules[rule] !== undefined)
      throw new AssayError('study_invalid', `${rule} applies to one objective, not ${goals.length}`, {
        place: `budget.stopWhen.${rule}`,
        hint: 'with several objectives use noImprovement: n trials since one joined the Pareto set',
      });
  const failed = rules.failed ?? (countFailed || trials === unlimitedTrials ? undefined : trials);
  const { target, noImprovement, unlikelyToPay } = rules;
  const kept = {
    ...(target !== undefined && { target }),
    ...(noImprovement !== undefined && { noImprovement }),
    ...(unlikelyToPay !== undefined && { unlikelyToPay }),
    ...(failed !== undefined && { failed }),
  };
  return {
    trials,
    ...(time !== undefined && { timeMs: time }),
    ...(steps !== undefined && { steps }),
    ...(!countFailed && { countFailed }),
    ...(Object.keys(kept).length > 0 && { stopWhen: kept }),
  };
}

/**
 * Returns a budget with some of its parts changed.
 * @throws AssayError `study_invalid`
 */
export function changedBudget({ timeMs, ...before }: Budget, changes: BudgetInput, goals: readonly Goal[] | null): Budget {
  return budgetOf({ ...before, time: timeMs, ...changes, stopWhen: { ...before.stopWhen, ...changes.stopWhen } }, goals);
}

/**
 * Returns the budget of a study that continues: limits given for this run, else the larger of the stored limit and the file's, so that no
 * run lowers a limit without being asked to. Rules that stop a study come from the file.
 * @returns the budget, and the stored limits that were kept over the file's
 */
export function continuedBudget(
  stored: Budget,
  wanted: Budget,
  changes: BudgetInput,
): { readonly budget: Budget; readonly kept: readonly KeptLimit[] } {
  const limits = [
    { limit: 'trials', flag: '--trials', asked: changes.trials },
    { limit: 'timeMs', flag: '--time', asked: changes.time },
    { limit: 'steps', flag: '--steps', asked: changes.steps },
  ] as const;
  const kept = limits.flatMap(({ limit, flag, asked }): readonly KeptLimit[] => {
    const [before, now] = [stored[limit], wanted[limit]];
    if (asked !== undefined || before === undefined || now === undefined || before <= now || before === unlimitedTrials) return [];
    return [{ limit, flag, kept: before, file: now }];
  });
  return { budget: { ...wanted, ...Object.fromEntries(kept.map((one) => [one.limit, one.kept])) }, kept };
}

/** A limit of the stored budget that is larger than the file's. */
export interface KeptLimit {
  readonly limit: 'trials' | 'timeMs' | 'steps';
  /** Flag that lowers it. */
  readonly flag: string;
  readonly kept: number;
  readonly file: number;
}

function wrong(input: unknown, error: z.ZodError): AssayError {
  const { keys, because, hint } = settingFault(budgetOptions, input, error);
  if (because !== unknownKey)
    return new AssayError('study_invalid', because, {
      place: ['budget', ...keys].join('.'),
      hint: "give budget: { trials: 100, time: '2h', stopWhen: { noImprovement: 30 } }",
    });
  const within = keys.slice(0, -1);
  const known = `known: ${Object.keys((within.at(-1) === 'stopWhen' ? stopWhen : budgetOptions).shape).join(', ')}`;
  return new AssayError('study_invalid', `there is no ${JSON.stringify(keys.at(-1))}`, {
    place: ['budget', ...within].join('.'),
    hint: hint === undefined ? known : `${hint} ${known}`,
  });
}
