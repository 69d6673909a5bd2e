import type { Layout } from './layout.ts';

export const kraken: Layout = {
  id: 'kraken',
  title: 'Kraken OHLCVT archives (no header)',
  source:
    'https://support.kraken.com/hc/en-us/articles/360047124832: seconds since 1970, open, high, low, close, volume, trades; minutes without trades are left out',
  example: ['1609459200,28923.63,28961.66,28913.12,28961.66,11.52,321'],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume', '-'],
  separator: ',',
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
};
