import { createRng } from '../../src/core/rng.ts';
import type { AlignedBars, BarColumns } from '../../src/market/bars.ts';
import type { Market } from '../../src/trading/env/market.ts';

/** Driftless random bars of two symbols; enough to test accounting, where the generator's realism does not matter. */
export function noiseBars(options: { sessions: number; barsPerSession: number; seed: number; volatility?: number }): AlignedBars {
  const { sessions, barsPerSession, volatility = 0.001 } = options;
  const rows = sessions * barsPerSession;
  const rng = createRng(`noise-bars-${options.seed}`);
  const dayMs = 86_400_000;
  return {
    symbols: ['AAA', 'BBB'],
    barMs: 60_000,
    time: Float64Array.from(
      { length: rows },
      (_, row) => Math.floor(row / barsPerSession) * dayMs + 52_200_000 + (row % barsPerSession) * 60_000,
    ),
    session: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / barsPerSession)),
    bars: [noiseColumns(rng.fork('AAA'), rows, volatility, 240), noiseColumns(rng.fork('BBB'), rows, volatility, 95)],
  };
}

function noiseColumns(rng: ReturnType<typeof createRng>, rows: number, volatility: number, start: number): BarColumns {
  const column = () => new Float64Array(rows);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  let price = start;
  for (let row = 0; row < rows; row++) {
    const open = price * Math.exp(volatility * 0.1 * rng.normal());
    const close = open * Math.exp(volatility * rng.normal());
    bars.open[row] = open;
    bars.close[row] = close;
    bars.high[row] = Math.max(open, close) * (1 + volatility * 0.2 * rng.uniform());
    bars.low[row] = Math.min(open, close) * (1 - volatility * 0.2 * rng.uniform());
    bars.volume[row] = 1000 + rng.int(500);
    price = close;
  }
  return bars;
}

/** The bars with one feature per asset: the last bar's return in units of 10 basis points. */
export function marketOf(bars: AlignedBars): Market {
  const assets = bars.bars.length;
  const features = new Float32Array(bars.time.length * assets);
  for (let row = 1; row < bars.time.length; row++)
    bars.bars.forEach(({ close }, k) => {
      features[row * assets + k] = (close[row]! / close[row - 1]! - 1) * 1000;
    });
  return { bars, features, featuresPerAsset: 1, firstRow: 0 };
}
