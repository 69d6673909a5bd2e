/**
 * A feature set of your own: the gap from the last close to the open, and the close within the bar's range. Check it on any data set with
 * `npx assay data features <data set> --set examples/own-features/gaps.ts --check`.
 */
import { defineFeatureSet } from 'assay';

export default defineFeatureSet({
  id: 'gaps@1',
  features: ['gap', 'location'],
  start: ({ symbols, memory }) => {
    // What a stream remembers, it keeps here: so it can be saved at any bar and go on.
    const lastClose = memory.numbers(symbols.length);
    return {
      push: (bar, out) => {
        for (let k = 0; k < symbols.length; k++) {
          const [open, high, low, close] = [bar.open[k]!, bar.high[k]!, bar.low[k]!, bar.close[k]!];
          out[2 * k] = lastClose[k] === 0 ? 0 : Math.log(open / lastClose[k]!);
          out[2 * k + 1] = high > low ? (close - low) / (high - low) : 0.5;
          lastClose[k] = close;
        }
      },
    };
  },
});
