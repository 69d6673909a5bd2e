import { createRng } from '../../../src/core/rng.ts';
import { type AlignedBars, alignedBars } from '../../../src/market/bars.ts';
import { usEquities } from '../../../src/market/calendars/us-equities.ts';
import { minuteMs } from '../../../src/market/local-time.ts';
import { sessionCounter, weekdayOpens } from '../../../src/market/sessions.ts';

/** Bars of every session. */
export const sessionBars = 390;

/** Minute bars of one symbol with order-flow columns, over as many full sessions as are needed. */
export function featureBars(rows: number): AlignedBars {
  const rng = createRng('bench features');
  const opens = weekdayOpens(usEquities, '2008-01-02', Math.ceil(rows / sessionBars) + 200).filter(
    (openMs) => usEquities.sessionAt(openMs)!.closeMs - openMs === sessionBars * minuteMs,
  );
  const time = Float64Array.from({ length: rows }, (_, row) => opens[Math.floor(row / sessionBars)]! + (row % sessionBars) * minuteMs);
  const draw = (of: () => number): Float64Array => Float64Array.from({ length: rows }, of);
  const [open, close] = [new Float64Array(rows), new Float64Array(rows)];
  let price = 100;
  for (let row = 0; row < rows; row++) {
    open[row] = price;
    const scale = Math.floor(row / 120) % 3 === 0 ? 1e-3 : 4e-4;
    price = 100 * (price / 100) ** 0.9999 * Math.exp(scale * rng.normal());
    close[row] = price;
  }
  return alignedBars({
    symbols: ['A'],
    time,
    session: sessionCounter(usEquities)(time),
    bars: [
      {
        open,
        close,
        high: open.map((x, row) => Math.max(x, close[row]!) * (1 + 2e-4 * rng.uniform())),
        low: open.map((x, row) => Math.min(x, close[row]!) * (1 - 2e-4 * rng.uniform())),
        volume: draw(() => 100 + rng.int(10_000)),
      },
    ],
    columns: [
      {
        ofi: draw(() => Math.round(200 * rng.normal())),
        microDev: draw(() => rng.uniform() - 0.5),
        microDevMean: draw(() => rng.uniform() - 0.5),
        liquidity: draw(() => 3 * rng.uniform()),
        spread: draw(() => 1 + rng.uniform()),
      },
    ],
    barMs: minuteMs,
    calendar: usEquities,
  });
}

/** rows x 2 standardised inputs from three regimes that last. */
export function hmmRows(rows: number): Float64Array {
  const rng = createRng('bench hmm');
  const x = new Float64Array(2 * rows);
  const scales = [0.3, 0.8, 1.8];
  let state = 0;
  for (let t = 0; t < rows; t++) {
    if (rng.uniform() < 0.02) state = rng.int(3);
    x[2 * t] = scales[state]! * rng.normal();
    x[2 * t + 1] = scales[state]! - 1 + 0.4 * rng.normal();
  }
  return x;
}
