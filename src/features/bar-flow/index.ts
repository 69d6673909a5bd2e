import { minuteMs } from '../../market/local-time.ts';
import { spread } from '../dual-ticker/price.ts';
import type { Bar, FeatureContext, FeatureSet } from '../feature-set.ts';
import { LogReturn } from '../log-return.ts';
import type { Memory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { SessionVwap } from '../session-vwap.ts';
import { volumeZscore } from './baseline.ts';
import { absorption, closeLocation, meanOfRecent, signedFlow } from './flow.ts';

const windows = { statistics: 60, cumulative: 3, persistence: 10, location: 5, trueRange: 14 } as const;
/** Length of a regular session, which the angle of `timeSin` and `timeCos` goes once around in. */
const sessionMs = 390 * minuteMs;
/** Limit of the relative volume over the relative range. */
const absorptionLimit = 10;

const features = [
  'volumeZscore',
  'highLow',
  'sessionVwapDistance',
  'timeSin',
  'timeCos',
  'flow',
  'cumulativeFlow',
  'flowPersistence',
  'closeLocation',
  'absorption',
  'averageTrueRange',
] as const;

/**
 * The baseline of the second source without its regimes, and the part of its order flow that bars can show. Pressure is estimated from
 * returns and volumes, not observed in an order book, so the names contain flow and not order flow imbalance. Eleven features of each
 * symbol.
 */
export const barFlow: FeatureSet = {
  id: 'bar-flow@1',
  symbols: { min: 1, max: Number.POSITIVE_INFINITY },
  needs: [],
  warmUpBars: () => windows.statistics - 1,
  history: () => ({ bars: windows.statistics, fromSessionStart: true }),
  features: () => features,
  start: ({ symbols, memory, barMs }: FeatureContext) => {
    const assets = symbols.map(() => new Asset(memory, sessionMs / barMs));
    return {
      push: (bar, out) => {
        for (let k = 0; k < assets.length; k++) assets[k]!.push(bar, k, out, k * features.length);
      },
    };
  },
};

class Asset {
  readonly #sessionBars: number;
  readonly #volumes: Recent;
  readonly #returns: Recent;
  readonly #ranges: Recent;
  readonly #flows: Recent;
  readonly #signs: Recent;
  readonly #locations: Recent;
  readonly #trueRanges: Recent;
  readonly #logReturn: LogReturn;
  readonly #vwap: SessionVwap;
  /** [bars of the session before this one, last close]. */
  readonly #state: Float64Array;

  constructor(memory: Memory, sessionBars: number) {
    this.#sessionBars = sessionBars;
    this.#volumes = new Recent(memory, windows.statistics);
    this.#returns = new Recent(memory, windows.statistics);
    this.#ranges = new Recent(memory, windows.statistics);
    this.#flows = new Recent(memory, windows.cumulative);
    this.#signs = new Recent(memory, windows.persistence);
    this.#locations = new Recent(memory, windows.location);
    this.#trueRanges = new Recent(memory, windows.trueRange);
    this.#logReturn = new LogReturn(memory);
    this.#vwap = new SessionVwap(memory);
    this.#state = memory.numbers(2);
  }

  push(bar: Bar, k: number, out: Float64Array, at: number): void {
    const [high, low, close] = [bar.high[k]!, bar.low[k]!, bar.close[k]!];
    const begins = bar.begins[k] === 1;
    const position = begins ? 0 : this.#state[0]! + 1;
    const lastClose = this.#state[1]!;
    this.#state[0] = position;
    this.#state[1] = close;

    this.#volumes.push(bar.volume[k]!);
    this.#returns.push(this.#logReturn.next(bar, k));
    this.#ranges.push(high - low);
    const flow = signedFlow(this.#volumes, this.#returns);
    this.#flows.push(flow);
    this.#signs.push(Math.sign(flow));
    this.#locations.push(closeLocation(high, low, close));
    // The first bar of a session uses its own range only.
    this.#trueRanges.push(begins ? high - low : Math.max(high, lastClose) - Math.min(low, lastClose));

    const angle = (2 * Math.PI * position) / this.#sessionBars;
    out[at] = volumeZscore(this.#volumes);
    out[at + 1] = spread(bar, k);
    out[at + 2] = this.#vwap.next(high, low, close, bar.volume[k]!, begins);
    out[at + 3] = Math.sin(angle);
    out[at + 4] = Math.cos(angle);
    out[at + 5] = flow;
    out[at + 6] = meanOfRecent(this.#flows) * this.#flows.count;
    out[at + 7] = meanOfRecent(this.#signs);
    out[at + 8] = meanOfRecent(this.#locations);
    out[at + 9] = absorption(this.#volumes, this.#ranges, absorptionLimit);
    out[at + 10] = meanOfRecent(this.#trueRanges) / close;
  }
}
