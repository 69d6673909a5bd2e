import type { Layout } from './layout.ts';

export const interactiveBrokers: Layout = {
  id: 'interactive-brokers',
  title: 'Interactive Brokers historical bars, as the API and ib_insync write them',
  source:
    'https://interactivebrokers.github.io/tws-api/historical_bars.html: yyyymmdd hh:mm:ss in the zone chosen at the login of TWS; the start of the bar',
  example: ['date,open,high,low,close,volume,average,barCount', '20180216  09:30:00,245.4,245.74,245.4,245.69,2736,245.5,1571'],
  signature: ['date', 'open', 'high', 'low', 'close', 'volume', 'average', 'barcount'],
  distinct: true,
  zone: null,
  stamp: 'start',
  order: 'ascending',
  note: 'a zone in the stamp (20231114 09:30:00 US/Eastern) is understood; volumes of US shares may be in lots of 100',
};
