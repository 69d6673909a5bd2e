import type { LookAheadPlace, PolicyChecks, SavedPolicy } from '../../search/study/checks.ts';
import type { CheckContext, FoldEvaluation, FoldWindow, ValidationContext, WalkForwardChecks } from '../../search/study/walk-forward.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { checksOf } from '../../trading/checks/walk-forward-checks.ts';
import type { Backtest } from '../../trading/env/backtest.ts';
import { sessionsOf } from '../../trading/task/session-plan.ts';
import { evaluateBaselines } from '../../trading/task/walk-forward.ts';
import { differsAt } from '../../validation/checks/repeatable.ts';
import { type Foresight, findForesight } from './foresight.ts';
import type { ExternalTrainerOptions } from './options.ts';
import type { TrainerProcess } from './process/trainer-process.ts';
import { foldOf, type TrainerTask, trainerEvaluation, trainerMarket, trainerTask, trainingData } from './trainer-task.ts';
import { train } from './training.ts';

/** Trains anew on the fold's training part, all that the trainer gets, and trades its test here, bar by bar. */
export function evaluateTrainer<Params>(
  given: ExternalTrainerOptions,
  context: ValidationContext<Params>,
  window: FoldWindow,
): Promise<FoldEvaluation & { readonly policy: Uint8Array }> {
  const task = trainerTask(given);
  return task.use(context, async (trainer) => {
    await context.runsOn(task.facts(trainer));
    const raw = await task.open(context);
    const { train: trainPart, test } = sessionsOf(window, raw.bars);
    const market = trainerMarket(raw, trainPart);
    const trained = await trainFold(task, trainer, context, window);
    const policy = task.pack(trainer, trained.policy);
    const walk = (saved: Uint8Array): Promise<Backtest> => task.walk(trainer, saved, { market, parts: test, signal: context.signal });
    const walked = await walk(policy);
    const metrics: Record<string, number> = { ...trained.metrics };
    if (task.options.retrain && window.fold === 0) {
      const again = await trainFold(task, trainer, context, window);
      const repeated = await walk(task.pack(trainer, again.policy));
      metrics['trainer.retrainedDiffers'] = differsAt(walked.actions, repeated.actions) === null ? 0 : 1;
    }
    return { ...trainerEvaluation(walked, task.measure(raw), metrics), policy };
  });
}

async function trainFold<Params>(
  task: TrainerTask,
  trainer: TrainerProcess,
  context: ValidationContext<Params>,
  window: FoldWindow,
): Promise<{ readonly policy: Uint8Array; readonly metrics: Metrics }> {
  const table = await context.dataset(task.options.dataset);
  const raw = await task.open(context);
  const { params, seed, signal } = context;
  const data = trainingData(trainer, task, { table, raw, train: sessionsOf(window, raw.bars).train });
  const trained = await train(trainer, {
    limits: task.options.limits,
    signal,
    request: { type: 'train', params, seed, fold: foldOf(window), data, environment: task.options.environment },
    // The test decides nothing about the training, and an evaluation is not resumed.
    onReport: async () => undefined,
    onCheckpoint: async () => undefined,
  });
  if (trained.kind === 'trained') return trained;
  throw trained.by;
}

/** Evaluates the baselines on the trainer's data, under its costs. */
export async function trainerBaselines(
  given: ExternalTrainerOptions,
  context: Pick<CheckContext, 'dataset'>,
  window: FoldWindow,
): Promise<Readonly<Record<string, FoldEvaluation>>> {
  const task = trainerTask(given);
  const raw = await task.open(context);
  return evaluateBaselines(raw, window, task.options.environment, task.measure(raw));
}

/** Walks a saved policy over a window, without training. */
export function walkTrainer(
  given: ExternalTrainerOptions,
  context: CheckContext,
  window: FoldWindow,
  policy: Uint8Array,
): Promise<FoldEvaluation> {
  const task = trainerTask(given);
  return task.use({}, async (trainer) => {
    const raw = await task.open(context);
    const { train: trainPart, test } = sessionsOf(window, raw.bars);
    const walked = await task.walk(trainer, policy, { market: trainerMarket(raw, trainPart), parts: test, signal: context.signal });
    return trainerEvaluation(walked, task.measure(raw), {});
  });
}

/** The checks of a validation: those of the platform's own agents, with the trainer walking its saved policies. */
export function trainerChecks(given: ExternalTrainerOptions): WalkForwardChecks {
  const task = trainerTask(given);
  const { dataset, environment, mode } = task.options;
  const checks = checksOf({
    dataset,
    environment,
    open: task.open,
    walk: (bytes, market, range, under) =>
      task.use({}, (trainer) => task.walk(trainer, bytes, { market, parts: range, environment: under })),
  });
  if (mode === 'bars') return checks;
  return {
    ...checks,
    policies: async (context, window, asked) => {
      const walked = await checks.policies(context, window, asked);
      const cuts: PolicyChecks[] = [];
      for (const [i, { bytes, seed }] of asked.policies.entries())
        cuts.push(withCuts(walked[i]!, await cutRequests(task, context, window, { bytes, seed }), (await task.open(context)).bars.symbols));
      return cuts;
    },
  };
}

/** What answers in one piece is asked for fewer bars as well: a walk of cut bars makes no decision at the last one, where one bar ahead would show. */
function cutRequests(
  task: TrainerTask,
  context: CheckContext,
  window: FoldWindow,
  { bytes, seed }: Pick<SavedPolicy, 'bytes' | 'seed'>,
): Promise<Foresight> {
  return task.use({}, async (trainer) => {
    const raw = await task.open(context);
    const { train: trainPart, test } = sessionsOf(window, raw.bars);
    const policy = task.unpack(trainer, bytes);
    return findForesight(task.options, trainer, {
      market: trainerMarket(raw, trainPart),
      parts: test,
      policy,
      seed: `cuts/${window.fold}/${seed}`,
    });
  });
}

function withCuts(check: PolicyChecks, { cuts, changed, firstRow }: Foresight, symbols: readonly string[]): PolicyChecks {
  const { cut } = check;
  const place: LookAheadPlace | null = firstRow === null ? null : { what: 'action', name: symbols.join(' '), row: firstRow };
  const first = cut.first === null || (place !== null && place.row < cut.first.row) ? place : cut.first;
  return { ...check, cut: { rows: cut.rows + cuts, changed: cut.changed + changed, first } };
}
