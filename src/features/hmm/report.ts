import type { AlignedBars } from '../../market/bars.ts';
import { minuteMs } from '../../market/local-time.ts';
import { sessionOfBar } from '../../market/sessions.ts';
import type { RowRange } from '../feature-set.ts';
import { createMemory } from '../memory.ts';
import { viterbi } from './decode.ts';
import { HmmFilter, mostLikely } from './filter.ts';
import { fitHmm } from './fit.ts';
import { regimeInputs } from './inputs.ts';
import { fromModel } from './model.ts';
import { type FittedRegimes, fitRegimes, type RegimeOptions, regimeInputRows, standardise } from './regimes.ts';

/** One regime as it was seen. */
export interface RegimeFacts {
  /** 0 is the calm one. */
  readonly regime: number;
  /** Share of all bars. */
  readonly share: number;
  /** Mean length of its runs, in minutes; NaN if it never occurs. */
  readonly minutes: number;
  /** Probability of staying for another bar. */
  readonly stay: number;
  /** Mean size of the next bar's log return within the session, in basis points. */
  readonly nextMove: number;
  /** Mean of (H - L) / C, in basis points. */
  readonly range: number;
}

export interface RegimeSession {
  /** Trading date. */
  readonly date: string;
  readonly trained: boolean;
  /** Regime of each bar by the filter. */
  readonly regimes: readonly number[];
}

/** Regimes of one symbol: fitted on the training rows, filtered over all rows. */
export interface RegimeReport {
  readonly symbol: string;
  readonly fitted: FittedRegimes;
  readonly regimes: readonly RegimeFacts[];
  readonly switchesPerSession: number;
  /** Share of the training rows where the filter's regime is not that of the Viterbi path, which knows the later bars. */
  readonly differsFromHindsight: number;
  /** BIC of 1, 2, ... states on the same inputs, less is better; null where no such model fits. It tends to favour more states and does not choose. */
  readonly bic: readonly (number | null)[];
  readonly sessions: readonly RegimeSession[];
}

/** Settings of a report. */
export interface ReportOptions extends RegimeOptions {
  /** Most states of which the BIC is reported; 0: none. */
  readonly compared: number;
}

/** @throws AssayError `data_invalid` where no model fits. */
export function regimeReports(bars: AlignedBars, training: RowRange, options: ReportOptions): readonly RegimeReport[] {
  return fitRegimes(bars, training, options).map((fitted, k) => reportOf(bars, k, training, fitted, options));
}

function reportOf(bars: AlignedBars, k: number, training: RowRange, fitted: FittedRegimes, options: ReportOptions): RegimeReport {
  const rows = bars.time.length;
  const x = regimeInputRows(bars, k, rows, options.bars);
  standardise(x, fitted.mean, fitted.sd);
  const parameters = fromModel(fitted.model);
  const filter = new HmmFilter(createMemory(), parameters);
  const regimes = new Int32Array(rows);
  const begins = (row: number): boolean => row === 0 || bars.session[row] !== bars.session[row - 1];
  for (let row = 0; row < rows; row++) {
    filter.next(x, row * regimeInputs, options.restart && begins(row));
    regimes[row] = mostLikely(filter.probabilities);
  }
  const trained = x.subarray(training.from * regimeInputs, training.to * regimeInputs);
  const { path } = viterbi(parameters, trained);
  const sessions = sessionsOf(bars, regimes, training);
  return {
    symbol: bars.symbols[k]!,
    fitted,
    regimes: fitted.model.start.map((_, regime) => factsOf(bars, k, regimes, regime, fitted)),
    switchesPerSession: regimes.filter((regime, row) => !begins(row) && regime !== regimes[row - 1]).length / sessions.length,
    differsFromHindsight: path.filter((state, t) => state !== regimes[training.from + t]).length / path.length,
    bic: Array.from({ length: options.compared }, (_, i) => bicOf(trained, i + 1, options)),
    sessions,
  };
}

function factsOf(bars: AlignedBars, k: number, regimes: Int32Array, regime: number, fitted: FittedRegimes): RegimeFacts {
  const { high, low, close } = bars.bars[k]!;
  let [count, runs, ranges, moves, followed] = [0, 0, 0, 0, 0];
  for (let row = 0; row < regimes.length; row++) {
    if (regimes[row] !== regime) continue;
    count++;
    const sameSession = (other: number): boolean => bars.session[other] === bars.session[row];
    if (row === 0 || regimes[row - 1] !== regime || !sameSession(row - 1)) runs++;
    ranges += (high[row]! - low[row]!) / close[row]!;
    if (row + 1 >= regimes.length || !sameSession(row + 1)) continue;
    followed++;
    moves += Math.abs(Math.log(close[row + 1]! / close[row]!));
  }
  return {
    regime,
    share: count / regimes.length,
    minutes: ((count / runs) * bars.barMs) / minuteMs,
    stay: fitted.model.transition[regime]![regime]!,
    nextMove: (moves / followed) * 10_000,
    range: (ranges / count) * 10_000,
  };
}

function bicOf(x: Float64Array, states: number, { covariance, randomStarts, seed }: RegimeOptions): number | null {
  try {
    return fitHmm(x, { states, inputs: regimeInputs, covariance, randomStarts, seed }).bic;
  } catch {
    return null;
  }
}

function sessionsOf(bars: AlignedBars, regimes: Int32Array, training: RowRange): readonly RegimeSession[] {
  const sessions: { date: string; trained: boolean; regimes: number[] }[] = [];
  for (const [row, regime] of regimes.entries()) {
    if (row === 0 || bars.session[row] !== bars.session[row - 1]) {
      const date = sessionOfBar(bars.calendar, bars.time[row]!)?.date ?? new Date(bars.time[row]!).toISOString().slice(0, 10);
      sessions.push({ date, trained: row >= training.from && row < training.to, regimes: [] });
    }
    sessions.at(-1)!.regimes.push(regime);
  }
  return sessions;
}
