import type { Layout } from './layout.ts';

export const polygonFlat: Layout = {
  id: 'polygon-flat',
  title: 'Polygon (Massive) flat files of minute and day aggregates',
  source: 'https://polygon.io/docs/flat-files/stocks/minute-aggregates: window_start is the start of the window in nanoseconds',
  example: ['ticker,volume,open,close,high,low,window_start,transactions', 'AAPL,4930,200.29,200.5,200.63,200.29,1744792500000000000,129'],
  names: { datetime: 'window_start', symbol: 'ticker' },
  signature: ['ticker', 'window_start', 'transactions'],
  distinct: true,
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
  note: 'a file holds all symbols of a day: choose with --only, and give the files of several days together',
};
