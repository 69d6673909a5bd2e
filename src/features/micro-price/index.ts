import { z } from 'zod';
import { defineFamily } from '../define.ts';
import { fitMicroPrices, type MicroPriceOptions, microPriceTicks, parseMicroPrices, quoteColumns } from './table.ts';

const options = z.strictObject({
  bins: z
    .int()
    .min(2)
    .max(40)
    .multipleOf(2)
    .default(10)
    .meta({ description: 'of the imbalance bid size / both sizes, half of them on each side of balance' }),
  spreads: z.int().min(1).max(10).default(3).meta({ description: 'spreads of this many ticks and more count as one' }),
  tick: z.number().positive().optional().meta({ description: "in units of price; without it the instrument's, else the smallest spread" }),
});

/**
 * Stoikov's micro-price less the mid, in ticks, of the book at each bar's end: what the mid is expected to become, from a table that is
 * fitted on the training part. Needs the best prices and sizes: snapshots of books (`--as snapshots`), `bbo-1s` and their kin.
 */
export const microPrice = defineFamily({
  id: 'micro-price@1',
  options,
  create: (settings: MicroPriceOptions) => ({
    symbols: { min: 1, max: Number.POSITIVE_INFINITY },
    needs: quoteColumns,
    warmUpBars: () => 0,
    history: () => ({ bars: 1, fromSessionStart: false }),
    features: () => ['micro_price_dev'],
    fit: (bars, training) => fitMicroPrices(bars, training, settings),
    start: ({ symbols }, fitted) => {
      const tables = parseMicroPrices(fitted, symbols.length);
      return {
        push: ({ columns }, out) => {
          const [bid, bidSize, ask, askSize] = [columns['bid1']!, columns['bidSize1']!, columns['ask1']!, columns['askSize1']!];
          for (let k = 0; k < tables.length; k++) out[k] = microPriceTicks(tables[k]!, bid[k]!, bidSize[k]!, ask[k]!, askSize[k]!);
        },
      };
    },
  }),
});
