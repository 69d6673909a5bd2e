import type { Layout } from './layout.ts';

export const finam: Layout = {
  id: 'finam',
  title: 'Finam and Stooq text files: <TICKER>, <PER>, <DATE>, <TIME>, ...',
  source:
    'https://doc.tslab.pro/tslab/eng/data-providers/historical-data/text-files-with-historical-data: yyyymmdd, hhmmss, the start of the bar',
  example: ['<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>', 'NYMEX.PL,1,20140801,000000,1462.9,1463.4,1462.9,1462.9,16'],
  signature: ['ticker', 'per', 'date', 'time', 'open', 'high', 'low', 'close', 'vol'],
  distinct: true,
  zone: null,
  stamp: 'start',
  order: 'ascending',
  note: 'Finam writes Moscow time (Europe/Moscow), Stooq that of Warsaw (Europe/Warsaw)',
};
