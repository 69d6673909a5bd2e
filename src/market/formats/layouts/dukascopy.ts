import type { Layout } from './layout.ts';

export const dukascopy: Layout = {
  id: 'dukascopy',
  title: 'Dukascopy historical data export (CSV)',
  source:
    'https://www.dukascopy.com/swiss/english/marketwatch/historical/: "Gmt time" or "Local time" with its offset; a candle is named by its start',
  example: ['Gmt time,Open,High,Low,Close,Volume', '16.02.2018 14:30:00.000,1.25062,1.25071,1.25058,1.25069,112.45'],
  names: { datetime: 'Gmt time' },
  signature: ['gmttime', 'open', 'high', 'low', 'close', 'volume'],
  distinct: true,
  dates: 'dmy',
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
  note: 'one side of the quotes (bid or ask) in a file; closed hours may be filled with flat candles of volume 0',
};
