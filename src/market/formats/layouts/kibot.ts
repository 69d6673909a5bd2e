import type { Layout } from './layout.ts';

export const kibot: Layout = {
  id: 'kibot',
  title: 'Kibot intraday and daily text files (no header)',
  source: 'http://www.kibot.com/Data_Format.aspx: mm/dd/yyyy, hh:mm, US Eastern time, the time at which the bar opened',
  example: ['02/16/2018,09:30,245.4,245.74,245.4,245.69,273668'],
  fields: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
  separator: ',',
  dates: 'mdy',
  zone: 'America/New_York',
  stamp: 'start',
  order: 'ascending',
  note: 'prices are adjusted for splits and dividends unless the unadjusted files were bought',
};
