import { barAge } from '../../market/bars.ts';
import type { FeatureSet } from '../feature-set.ts';

/**
 * How old each symbol's values are, in bars: of data whose symbols were aligned as of a time, where a symbol without a bar repeats its last
 * one and cannot be traded. Beside another set it tells the agent which of the prices it sees are old.
 */
export const barAges: FeatureSet = {
  id: 'bar-age@1',
  symbols: { min: 1, max: Number.POSITIVE_INFINITY },
  needs: [barAge],
  warmUpBars: () => 0,
  history: () => ({ bars: 1, fromSessionStart: false }),
  features: () => ['bar_age'],
  start: ({ symbols }) => ({
    push: (bar, out) => {
      for (let k = 0; k < symbols.length; k++) out[k] = bar.columns[barAge]![k]!;
    },
  }),
};
