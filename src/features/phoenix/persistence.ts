import type { Memory } from '../memory.ts';
import { Recent } from '../recent.ts';
import { meanOf } from '../windows.ts';

/** Readings of how long order flow goes on in one direction. Each begins anew with a session. */
export interface Persistence {
  readonly next: (flow: number, begins: boolean) => number;
}

export const persistenceReadings = ['ewma@1', 'acf1@1', 'run@1'] as const;
export type PersistenceReading = (typeof persistenceReadings)[number];

export function persistenceOf(reading: PersistenceReading, memory: Memory): Persistence {
  return { 'ewma@1': ewma, 'acf1@1': acf1, 'run@1': run }[reading](memory);
}

/** Half-life of five bars. */
const decay = 1 - 2 ** (-1 / 5);
const smallest = 1e-12;

/** EWMA(flow) / EWMA(|flow|), in [-1, 1]; both start at 0, and the bias of the start cancels in the ratio. */
function ewma(memory: Memory): Persistence {
  const state = memory.numbers(2);
  return {
    next: (flow, begins) => {
      if (begins) state[0] = state[1] = 0;
      state[0]! += decay * (flow - state[0]!);
      state[1]! += decay * (Math.abs(flow) - state[1]!);
      return state[1]! <= smallest ? 0 : state[0]! / state[1]!;
    },
  };
}

const [acfBars, fewestBars] = [30, 10];

/** Autocorrelation at lag 1 of the last 30 bars, with one mean and the sum of all squares below; 0 under 10 bars. It has no direction. */
function acf1(memory: Memory): Persistence {
  const flows = new Recent(memory, acfBars);
  return {
    next: (flow, begins) => {
      if (begins) flows.clear();
      flows.push(flow);
      if (flows.count < fewestBars) return 0;
      const { values, end } = flows;
      const from = flows.start(acfBars);
      const mean = meanOf(values, from, end);
      let [products, squares] = [0, 0];
      for (let i = from; i < end; i++) {
        const distance = values[i]! - mean;
        squares += distance * distance;
        if (i > from) products += distance * (values[i - 1]! - mean);
      }
      return squares <= smallest ? 0 : products / squares;
    },
  };
}

/** Signed number of bars in a row with flow of the same sign; flow of 0 ends the run. */
function run(memory: Memory): Persistence {
  const state = memory.numbers(1);
  return {
    next: (flow, begins) => {
      const sign = Math.sign(flow);
      const goesOn = !begins && sign !== 0 && Math.sign(state[0]!) === sign;
      state[0] = goesOn ? state[0]! + sign : sign;
      return state[0];
    },
  };
}
