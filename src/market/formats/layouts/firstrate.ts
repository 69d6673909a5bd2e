import type { Layout } from './layout.ts';

export const firstrate: Layout = {
  id: 'firstrate',
  title: 'FirstRate Data intraday text files (no header)',
  source:
    'https://firstratedata.com/about/FAQ and the samples (NQ 2023 begins at 18:00): US Eastern time, bars without volume are left out, stamped at their start',
  example: ['2018-02-16 09:30:00,245.4,245.74,245.4,245.69,273668'],
  fields: ['datetime', 'open', 'high', 'low', 'close', 'volume'],
  separator: ',',
  zone: 'America/New_York',
  stamp: 'start',
  order: 'ascending',
  note: 'crypto and FX files are in other zones: see the readme of the archive',
};
