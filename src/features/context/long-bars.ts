import type { Bar } from '../feature-set.ts';
import type { Memory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { meanOf } from '../windows.ts';
import { Zscore } from '../zscore.ts';

const meanBars = 4;

interface LongBarOptions {
  /** Length of a long bar; null: a whole session. */
  readonly lengthMs: number | null;
  readonly barMs: number;
  readonly volumeBars: number;
}

/** Places of the numbers kept: the long bar that is being built, then what is seen of the last closed one. */
const [open, high, low, close, volume, startMs, holds, endMs, seen, lastClose, hasLast] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The long bars of one symbol, in O(1) a bar. */
export class LongBars {
  readonly #options: LongBarOptions;
  readonly #state: Float64Array;
  /** Return, range, distance from the mean and volume of the last closed bar. */
  readonly #shown: Float64Array;
  /** Of its session, or of a contract where a long bar is a session. */
  readonly #closes: Recent;
  readonly #volumes: Zscore;

  constructor(memory: Memory, options: LongBarOptions) {
    this.#options = options;
    this.#state = memory.numbers(11);
    this.#shown = memory.numbers(4);
    this.#closes = new Recent(memory, meanBars);
    this.#volumes = new Zscore(memory, { window: options.volumeBars, minimum: 1, include: true, sessionReset: false });
  }

  /** Takes symbol k's bar and writes what is seen of the last closed long bar from `at` on. */
  push(bar: Bar, k: number, out: Float64Array, at: number): void {
    const { lengthMs, barMs } = this.#options;
    const state = this.#state;
    const begins = bar.begins[k] === 1;
    const start = lengthMs === null ? bar.openMs : bar.openMs + Math.floor((bar.time - bar.openMs) / lengthMs) * lengthMs;
    if (state[holds] === 1 && (begins || start !== state[startMs])) this.#complete();
    // Prices of another session are not comparable, nor, where a long bar is a session, those of another contract.
    if (lengthMs === null ? bar.rolls[k] === 1 : begins) this.#forget();
    this.#add(bar, k, start);
    if (lengthMs !== null && bar.time + barMs >= start + lengthMs) this.#complete();

    for (let i = 0; i < 4; i++) out[at + i] = this.#shown[i]!;
    if (lengthMs !== null) out[at + 4] = state[seen] === 0 ? 0 : (bar.time + barMs - Math.max(state[endMs]!, bar.openMs)) / lengthMs;
  }

  #add(bar: Bar, k: number, start: number): void {
    const state = this.#state;
    if (state[holds] === 0) {
      state[holds] = 1;
      state[startMs] = start;
      state[open] = bar.open[k]!;
      state[high] = bar.high[k]!;
      state[low] = bar.low[k]!;
      state[volume] = 0;
    }
    state[high] = Math.max(state[high]!, bar.high[k]!);
    state[low] = Math.min(state[low]!, bar.low[k]!);
    state[close] = bar.close[k]!;
    state[volume]! += bar.volume[k]!;
  }

  #forget(): void {
    this.#state[hasLast] = 0;
    this.#closes.clear();
  }

  /** Closes the long bar that is being built: from now on it is seen. */
  #complete(): void {
    const state = this.#state;
    const last = state[close]!;
    this.#closes.push(last);
    this.#shown[0] = Math.log(last / (state[hasLast] === 1 ? state[lastClose]! : state[open]!));
    this.#shown[1] = (state[high]! - state[low]!) / last;
    this.#shown[2] = last / meanOf(this.#closes.values, this.#closes.start(meanBars), this.#closes.end) - 1;
    this.#shown[3] = this.#volumes.next(state[volume]!, false);
    state[endMs] = state[startMs]! + (this.#options.lengthMs ?? 0);
    state[lastClose] = last;
    state[hasLast] = 1;
    state[seen] = 1;
    state[holds] = 0;
  }
}
