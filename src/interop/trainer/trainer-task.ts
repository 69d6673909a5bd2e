import { join } from 'node:path';
import { hashOf } from '../../core/json.ts';
import type { SharedTable } from '../../core/table.ts';
import { featureSetOf } from '../../features/choice.ts';
import { rangesOf } from '../../features/training-rows.ts';
import type { CheckContext, FoldEvaluation, FoldWindow, ValidationContext } from '../../search/study/walk-forward.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { Backtest } from '../../trading/env/backtest.ts';
import { backtestParts } from '../../trading/env/backtest-parts.ts';
import { type Market, rowsOf, type SessionParts } from '../../trading/env/market.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { evaluationOf, type Measure } from '../../trading/task/fold-metrics.ts';
import { marketOf, type RawMarket, rawMarket } from '../../trading/task/market-data.ts';
import { writeDataFiles } from './data-files.ts';
import { type ExternalTrainerOptions, type FilledTrainer, filledTrainer } from './options.ts';
import { type Program, packPolicy, programOf, unpackPolicy, versionsInWords } from './policy/saved-policy.ts';
import { withTrainer } from './process/slot.ts';
import type { TrainerProcess } from './process/trainer-process.ts';
import { withPolicy } from './walk.ts';

/** What objective and walk-forward of an external trainer have in common. */
export interface TrainerTask {
  readonly options: FilledTrainer;
  readonly program: Program;
  /** The study's data with its features. */
  readonly open: (context: Pick<CheckContext, 'dataset'>) => Promise<RawMarket>;
  readonly measure: (raw: RawMarket) => Measure;
  /** Works with the trainer of this thread. */
  readonly use: <Result>(
    context: Partial<Pick<ValidationContext<unknown>, 'device'>>,
    work: (trainer: TrainerProcess) => Promise<Result>,
  ) => Promise<Result>;
  /** Backtests the bytes of a saved policy in the platform's environment. */
  readonly walk: (trainer: TrainerProcess, policy: Uint8Array, place: Walked) => Promise<Backtest>;
  /** The bytes of a policy with its program. */
  readonly pack: (trainer: TrainerProcess, policy: Uint8Array) => Uint8Array;
  /** What the trainer saved. @throws AssayError `conflict`, `data_invalid` */
  readonly unpack: (trainer: TrainerProcess, policy: Uint8Array) => Uint8Array;
  readonly facts: (trainer: TrainerProcess) => Readonly<Record<string, string>>;
}

/** Where a policy is walked. */
export interface Walked {
  readonly market: Market;
  readonly parts: SessionParts;
  readonly environment?: EnvironmentConfig;
  readonly signal?: AbortSignal | undefined;
}

export function trainerTask(given: ExternalTrainerOptions): TrainerTask {
  const options = filledTrainer(given);
  const { command, folder, threads, limits, environment, sessions } = options;
  const program = programOf(options);
  return {
    options,
    program,
    open: async (context) => rawMarket(await context.dataset(options.dataset), options.features),
    measure: ({ bars }) => ({ environment, calendar: bars.calendar, leastActiveShare: sessions.leastActiveShare }),
    use: ({ device = 'cpu' }, work) => withTrainer({ command, folder, threads, limits, device }, work),
    walk: (trainer, policy, { market, parts, environment: under = environment, signal }) =>
      withPolicy(
        trainer,
        unpackPolicy(policy, program, trainer.ready),
        { market, parts, environment: under },
        { ...options, signal },
        (act) => backtestParts(market, parts, under, act),
      ),
    unpack: (trainer, policy) => unpackPolicy(policy, program, trainer.ready),
    pack: (trainer, policy) => packPolicy(program, trainer.ready, policy),
    facts: ({ ready }) => ({ trainer: ready.name, trainerProgram: program.hash, trainerVersions: versionsInWords(ready.versions) }),
  };
}

/** The market that a trainer sees: features as they are, after the set has learnt from the training part. */
export function trainerMarket(raw: RawMarket, train: SessionParts): Market {
  return marketOf(raw.bars, raw.features(trainingRows(raw, train)));
}

function trainingRows({ bars }: Pick<RawMarket, 'bars'>, train: SessionParts) {
  return rangesOf(train).map((range) => rowsOf(bars, range));
}

/** Writes the training part for a trainer, once for each part and process; no later row is in the files. */
export function trainingData(
  trainer: TrainerProcess,
  { options: { dataset, features } }: Pick<TrainerTask, 'options'>,
  { table, raw, train }: { readonly table: Pick<SharedTable, 'hash'>; readonly raw: RawMarket; readonly train: SessionParts },
): readonly object[] {
  const rows = trainingRows(raw, train);
  const key = hashOf({ data: table.hash, rows, features: featureSetOf(features).id });
  const known = written.get(trainer) ?? new Map<string, readonly object[]>();
  written.set(trainer, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const files = writeDataFiles(join(trainer.folder, 'data', key.slice(0, 16)), raw.bars, raw.features(rows), rows);
  const { barMs, calendar } = raw.bars;
  const data = [{ name: dataset, hash: table.hash, barMs, calendar: calendar.id, ...files }];
  known.set(key, data);
  return data;
}

const written = new WeakMap<TrainerProcess, Map<string, readonly object[]>>();

/** The evaluation of a walk: what a training reward was shaped by is known to the trainer alone, so no gate is told. */
export function trainerEvaluation(walked: Backtest, measure: Measure, metrics: Metrics): FoldEvaluation {
  const evaluation = evaluationOf(walked, measure);
  const { shapingShare: _, shaping_dominates: __, ...measured } = evaluation.metrics;
  return { ...evaluation, metrics: { ...measured, ...metrics } };
}

/** Start and end (exclusive) of a training part, in epoch milliseconds. */
export function windowOf(raw: Pick<RawMarket, 'bars'>, train: SessionParts): object {
  const rows = trainingRows(raw, train);
  const { time, barMs } = raw.bars;
  return { start: time[rows[0]!.from]!, end: time[rows.at(-1)!.to - 1]! + barMs };
}

/** The windows of a fold, as a trainer gets them. */
export function foldOf({ fold, trainStart, trainEnd, testStart, testEnd, purgedBars }: FoldWindow): object {
  return { fold, trainStart, trainEnd, testStart, testEnd, purgedBars };
}
