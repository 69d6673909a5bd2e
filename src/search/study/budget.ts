import { z } from 'zod';
import { parseDuration } from '../../core/duration.ts';
import { AssayError } from '../../core/errors.ts';
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
  /** The objective reached this value, or better. */
  target: z.number().optional(),
  /** So many trials ended, complete or pruned, since one was better than all before it (of several objectives: joined the Pareto set). */
  noImprovement: z.int().min(1).optional(),
  /** The stopping rule says that more trials are unlikely to pay; its options, or true. */
  unlikelyToPay: z
    .union([z.literal(true).transform(() => stoppingOptions.parse({})), stoppingOptions], {
      error: `true, or ${Object.keys(stoppingOptions.shape).join(', ')}`,
    })
    .optional(),
  /** So many trials failed. */
  failed: z.int().min(1).optional(),
});

export const budgetOptions = z.strictObject({
  /** Trials in all, over every run of the study. */
  trials: z.int().min(1).max(unlimitedTrials).optional(),
  /** Time in which at least one trial was under way, over every run of the study. */
  time: duration.optional(),
  /** Steps reported by all trials: of each, the last step of its last attempt. */
  steps: z.int().min(1).optional(),
  /** Whether a failed trial takes a place among `trials`. */
  countFailed: z.boolean().optional(),
  stopWhen: stopWhen.optional(),
});

/** What a study may use up. Whatever is used up first ends it: no trial begins any more, and those under way go to their end. */
export type BudgetInput = z.input<typeof budgetOptions>;

const defaultTrials = 100;

/** More trials than this are only begun where somebody said how many. */
const mostByDefault = 1_000_000;

/**
 * A budget with its defaults: 100 trials where nothing else limits the study, or as many as the sampler has to offer (a grid: each cell
 * once), and failed trials count. Where they do not count, as many
 * may fail as there are trials, unless `stopWhen.failed` says otherwise: a study whose every trial fails has an end.
 * @param offered how many different trials the sampler has; undefined: no end of them.
 * @throws AssayError `study_invalid`.
 */
export function budgetOf(input: BudgetInput, goals: readonly Goal[] | null, offered?: bigint): Budget {
  const parsed = budgetOptions.safeParse(input);
  if (!parsed.success) throw wrong(parsed.error.issues[0]!);
  const { time, steps, countFailed = true, stopWhen: rules = {}, trials: given } = parsed.data;
  const limited = time !== undefined || steps !== undefined || Object.keys(rules).length > 0;
  if (offered !== undefined && offered > mostByDefault && given === undefined && !limited)
    throw new AssayError('study_invalid', `${offered} combinations are more than a study tries by itself`, {
      place: 'budget',
      hint: `give budget: { trials: ... }, or fewer points of the grid: up to ${mostByDefault} it tries each once`,
    });
  const unbounded = limited ? unlimitedTrials : defaultTrials;
  const trials = given ?? (offered !== undefined && offered <= mostByDefault ? Number(offered) : unbounded);
  for (const rule of ['target', 'unlikelyToPay'] as const)
    if (goals !== null && rules[rule] !== undefined)
      throw new AssayError('study_invalid', `${rule} judges one objective, not ${goals.length}`, {
        place: `budget.stopWhen.${rule}`,
        hint: 'with several objectives take noImprovement: so many trials since one joined the Pareto set',
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
 * A budget with some of its parts changed.
 * @throws AssayError `study_invalid`.
 */
export function changedBudget({ timeMs, ...before }: Budget, changes: BudgetInput, goals: readonly Goal[] | null): Budget {
  return budgetOf({ ...before, time: timeMs, ...changes, stopWhen: { ...before.stopWhen, ...changes.stopWhen } }, goals);
}

/**
 * The budget of a study that goes on. What was asked for now counts as it is; otherwise no limit is lowered by a run that does not say so:
 * the larger one of the stored budget and of the file's stays. Rules that stop a study are the file's.
 * @returns the budget, and the limits that were kept against the file.
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
  /** What lowers it. */
  readonly flag: string;
  readonly kept: number;
  readonly file: number;
}

function wrong({ path, message, ...issue }: z.core.$ZodIssue): AssayError {
  const place = ['budget', ...path].join('.');
  const unknown = issue.code === 'unrecognized_keys' ? (issue as unknown as { readonly keys: readonly string[] }).keys[0] : undefined;
  const known = path.at(-1) === 'stopWhen' ? stopWhen.shape : budgetOptions.shape;
  if (unknown !== undefined)
    return new AssayError('study_invalid', `there is no ${JSON.stringify(unknown)}`, {
      place,
      hint: `known: ${Object.keys(known).join(', ')}`,
    });
  return new AssayError('study_invalid', message, {
    place,
    hint: "give budget: { trials: 100, time: '2h', stopWhen: { noImprovement: 30 } }",
  });
}
