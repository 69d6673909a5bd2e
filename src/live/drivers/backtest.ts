import { arrivingBars } from '../../features/check.ts';
import type { ArrivingBar } from '../../features/stream.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { endsSession, rowsOf, type SessionRange } from '../../trading/env/market.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { microsOf, ticksOf } from '../broker/micros.ts';
import type { PaperOptions } from '../broker/paper/config.ts';
import type { MarketRecord } from '../broker/paper/market-record.ts';
import { createPaperBroker } from '../broker/paper/paper-broker.ts';
import { createEngine, type EngineConfig } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { nsOf } from '../nanoseconds.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { type ExecutionModel, executionModelOf } from './execution-model.ts';
import { type EnginePolicy, type FeedItem, paperLink, runEngine } from './run-engine.ts';
import { createRecorder, type RunRecord } from './witness.ts';

/** What a backtest needs beside the bars: they say the rest of an engine's configuration. */
export interface BacktestParts extends Pick<EngineConfig, 'run' | 'features' | 'fitted' | 'environment' | 'memory'> {
  readonly policy: EnginePolicy;
  /** Sends orders to a broker on paper, past the limits of risk; left out: the account of the environment. */
  readonly paper?: { readonly options: PaperOptions; readonly limits: RiskLimits };
}

/** Milliseconds that a bar which is missing is waited for: bars of a data set come with their ends, so none is late. */
const graceMs = 2000;
/** Which contract a bar is of says the data set, which rolls by its own rule: none is refused here but one that is no longer traded. */
const rollSessions = 1;

/**
 * Runs an engine over the sessions of a range of bars, as `backtest` of the environment walks them: bars before the range are its features'
 * history, each bar becomes known at its end.
 * @throws AssayError as {@link createEngine}.
 */
export async function backtestEngine(bars: AlignedBars, range: SessionRange, parts: BacktestParts): Promise<RunRecord> {
  const { from, to } = rowsOf(bars, range);
  const { policy, paper, ...config } = parts;
  const { symbols, barMs, calendar, closingAuction, instruments } = bars;
  const model = paper === undefined ? null : executionModelOf(bars, config.environment);
  const engine = createEngine({
    ...config,
    symbols,
    barMs,
    calendar,
    closingAuction,
    instruments,
    decideFromMs: bars.time[from] ?? Number.POSITIVE_INFINITY,
    beginsAt: 'origin',
    graceMs,
    account:
      model === null
        ? { kind: 'environment' }
        : { kind: 'orders', terms: model.terms, matching: 'bars', flattenMs: 0, rollSessions, limits: paper!.limits },
  });
  const recorder = createRecorder();
  await runEngine(feedOf(bars, to, model), {
    engine,
    policy,
    witness: recorder,
    ...(model !== null && {
      broker: paperLink(
        createPaperBroker(model.traded, paper!.options, { capitalMicros: microsOf(config.environment.capital, 'the capital') }),
      ),
    }),
  });
  return recorder.record();
}

/** The bars up to a row, each at its end, then the end. */
function* feedOf(bars: AlignedBars, to: number, model: ExecutionModel | null): Generator<FeedItem> {
  const { symbols, barMs, time } = bars;
  for (let row = 0; row < to; row++) {
    const startMs = time[row]!;
    const now = nsOf(startMs + barMs);
    const arriving = arrivingBars(bars, row);
    const events = symbols.map((symbol, k): EngineEvent => {
      const previousOpen = bars.contracts[k]?.previousOpen[row];
      return { kind: 'bar', time: now, symbol, startMs, bar: { ...arriving[k]!, ...(previousOpen !== undefined && { previousOpen }) } };
    });
    const records = (model?.terms ?? []).map((terms, k) =>
      recordOf(terms, arriving[k]!, { startMs, now, slippageMicros: model!.slippageMicros(k, row) }),
    );
    yield { time: now, records, events };
  }
  if (to === 0) return;
  const end = nsOf(time[to - 1]! + barMs);
  yield { time: end, records: [], events: [{ kind: 'stop', time: end, sessionEnded: endsSession(bars, to - 1) }] };
}

interface BarFacts {
  readonly startMs: number;
  readonly now: bigint;
  readonly slippageMicros: number;
}

function recordOf({ symbol, tick }: LotTerms, bar: ArrivingBar, { startMs, now, slippageMicros }: BarFacts): MarketRecord {
  return {
    kind: 'bar',
    time: now,
    startTime: nsOf(startMs),
    symbol: bar.contract ?? symbol,
    open: ticksOf(bar.open, tick),
    high: ticksOf(bar.high, tick),
    low: ticksOf(bar.low, tick),
    close: ticksOf(bar.close, tick),
    slippageMicros,
  };
}
