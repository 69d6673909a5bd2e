import { z } from 'zod';
import type { BarSource } from './bar-source.ts';

/** Bars of one page, the most that Binance gives. */
const limit = 1000;
const decimal = z
  .string()
  .regex(/^\d+(?:\.\d+)?$/)
  .transform(Number);
const pageSchema = z.array(z.tuple([z.number(), decimal, decimal, decimal, decimal, decimal], z.unknown()));

/** Spot klines of Binance; no key is needed. A full page is followed by the one that starts behind its last bar. */
export const binance: BarSource = {
  origin: 'https://api.binance.com',
  keyNames: [],
  headers: () => ({}),
  first: ({ symbol, barMinutes, fromMs, toMs }) => {
    const query = new URLSearchParams({
      symbol,
      interval: barMinutes === 60 ? '1h' : `${barMinutes}m`,
      startTime: String(fromMs),
      endTime: String(toMs - 1),
      limit: String(limit),
    });
    return `/api/v3/klines?${query.toString()}`;
  },
  parse: (page, _, path) => {
    const bars = pageSchema.parse(page).map(([ms, open, high, low, close, volume]) => ({ ms, open, high, low, close, volume }));
    if (bars.length < limit) return { bars, next: null };
    const [base, query] = path.split('?', 2);
    const next = new URLSearchParams(query);
    next.set('startTime', String(bars.at(-1)!.ms + 1));
    return { bars, next: `${base}?${next.toString()}` };
  },
};
