import type { Layout } from './layout.ts';

export const tradingview: Layout = {
  id: 'tradingview',
  title: 'TradingView, export of chart data (CSV)',
  source: 'https://www.tradingview.com/support/solutions/43000537255: seconds since 1970 or ISO time with its offset; the start of the bar',
  example: ['time,open,high,low,close,Volume', '1518791400,245.4,245.74,245.4,245.69,273668'],
  names: { datetime: 'time' },
  signature: ['time', 'open', 'high', 'low', 'close', 'volume'],
  zone: 'UTC',
  stamp: 'start',
  order: 'ascending',
  note: 'what the chart does not show (extended hours, other sessions) is not in the file; indicators are further columns and left out',
};
