import { AssayError } from '../../core/errors.ts';
import { createRng, type Rng } from '../../core/rng.ts';
import { type AlignedBars, alignedBars, type BarColumns, barFields } from '../bars.ts';
import { barsPerSession } from '../calendars/calendar.ts';
import { usHours } from '../calendars/us-equities.ts';
import { minuteMs } from '../local-time.ts';
import { weekdayOpens } from '../sessions.ts';
import { drawRange, drawVolume } from './candles.ts';
import type { MarketParameters } from './presets.ts';
import { regimeStream } from './regimes.ts';

/** Version of the generator; raise it whenever the same seed gives other bars. */
export const generatorId = 'paired-regimes@1';

/** Regular hours on every weekday, holidays included: the generator's own year. */
const calendar = usHours;

/**
 * Generates minute bars of a seeded market with a planted edge, of any number of symbols.
 *
 * The return of a bar is `sigma * (v * z + s * v * (f * m + d * b))` with sigma the bar's base volatility, v, f and d the
 * regime's volatility, momentum and direction factors, z the shock (correlated between the assets, plus the jump), b the
 * block's direction and m the asset's own memory of shocks before this bar: m' = memory * m + sqrt(1 - memory^2) * z, of
 * about unit variance. Everything in the drift carries the factor s, so s = 0 makes prices a martingale: returns are simple
 * returns, and no convexity term is left over.
 *
 * A bar opens where the last one closed; a session opens after a gap without drift. Shocks, regimes, ranges, volumes and
 * gaps come from separate random streams: the same seed with another strength gives the same market except for the drift.
 *
 * @throws AssayError `usage` for a number of sessions that is not a positive whole number.
 */
export function generateMarket(parameters: MarketParameters, seed: number | string, sessions: number): AlignedBars {
  if (!Number.isInteger(sessions) || sessions < 1)
    throw new AssayError('usage', `a market needs a positive whole number of sessions, not ${sessions}`);

  const perSession = barsPerSession(calendar, minuteMs);
  const rows = sessions * perSession;
  const rng = createRng(seed);
  const nextRegime = regimeStream(parameters.regimes, parameters.meanBlockBars, rng.fork('regimes'));
  const nextShocks = shockStream(parameters, rng.fork('shocks'));
  const jumps = rng.fork('jumps');
  const gaps = shockStream(parameters, rng.fork('gaps'));
  const assets = parameters.symbols.map((symbol, index) => ({
    sigma: parameters.volatilityAnnual[index]! / Math.sqrt(calendar.sessionsPerYear * perSession),
    meanVolume: parameters.meanVolume[index]!,
    range: rng.fork(`range/${symbol}`),
    volume: rng.fork(`volume/${symbol}`),
    columns: emptyColumns(rows),
    price: parameters.startPrices[index]!,
    memory: 0,
  }));
  const innovation = Math.sqrt(1 - parameters.memory ** 2);
  const { strength } = parameters;

  for (let row = 0; row < rows; row++) {
    const bar = row % perSession;
    if (bar === 0 && row > 0) {
      const sessionSigmas = parameters.overnightSigmas * Math.sqrt(perSession);
      const gapShocks = gaps();
      for (const [index, asset] of assets.entries()) asset.price *= 1 + asset.sigma * sessionSigmas * gapShocks[index]!;
    }
    const { regime, direction } = nextRegime();
    const shocks = nextShocks();
    const jump = drawJump(regime.jumpProbability, parameters.jumpSigmas, jumps);
    for (const [index, asset] of assets.entries()) {
      const shock = shocks[index]! + jump;
      const drift = strength * (regime.momentumFactor * asset.memory + regime.directionFactor * direction);
      const barSigma = asset.sigma * regime.volatilityFactor;
      const open = asset.price;
      const close = open * (1 + barSigma * (shock + drift));
      const { high, low } = drawRange(open, close, open * barSigma, asset.range);
      asset.columns.open[row] = open;
      asset.columns.high[row] = high;
      asset.columns.low[row] = low;
      asset.columns.close[row] = close;
      asset.columns.volume[row] = drawVolume(
        asset.meanVolume,
        bar / (perSession - 1),
        regime.volatilityFactor * Math.abs(shock + drift),
        asset.volume,
      );
      asset.memory = parameters.memory * asset.memory + innovation * shock;
      asset.price = close;
    }
  }

  const opens = weekdayOpens(calendar, parameters.firstDate, sessions);
  return alignedBars({
    symbols: parameters.symbols,
    time: Float64Array.from({ length: rows }, (_, row) => opens[Math.floor(row / perSession)]! + (row % perSession) * minuteMs),
    session: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / perSession)),
    bars: assets.map((asset) => asset.columns),
    barMs: minuteMs,
    calendar,
  });
}

type Columns = { [field in keyof BarColumns]: Float64Array };

function emptyColumns(rows: number): Columns {
  return Object.fromEntries(barFields.map((field) => [field, new Float64Array(rows)])) as unknown as Columns;
}

/** Standard normals, one for each symbol; those after the first have the given correlation with it. */
function shockStream({ symbols, correlation }: MarketParameters, rng: Rng): () => readonly number[] {
  const rest = Math.sqrt(1 - correlation ** 2);
  const others = symbols.slice(1);
  return () => {
    const first = rng.normal();
    return [first, ...others.map(() => correlation * first + rest * rng.normal())];
  };
}

/** Draws a jump of all assets in the same direction, or 0. Consumes the same number of random numbers in either case. */
function drawJump(probability: number, sigmas: number, rng: Rng): number {
  const happens = rng.uniform() < probability;
  const sign = rng.uniform() < 0.5 ? -1 : 1;
  return happens ? sign * sigmas : 0;
}
