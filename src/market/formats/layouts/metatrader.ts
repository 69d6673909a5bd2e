import type { Layout } from './layout.ts';

export const metatrader4: Layout = {
  id: 'metatrader4',
  title: 'MetaTrader 4, History Center export (csv without a header)',
  source: 'MetaTrader 4 user guide, History Center: date, time, open, high, low, close, tick volume; a bar is named by its opening time',
  example: ['2018.02.16,09:30,1.25062,1.25071,1.25058,1.25069,112'],
  fields: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
  separator: ',',
  zone: null,
  stamp: 'start',
  order: 'ascending',
  note: "stamps are in the time of the broker's server, often Europe/Athens or Etc/GMT-3; the volume counts ticks",
};

export const metatrader5: Layout = {
  id: 'metatrader5',
  title: 'MetaTrader 5, Symbols > Bars > Export Bars (tabs)',
  source: 'MetaTrader 5 help, Trading instruments > Bars: <TICKVOL> counts ticks, <VOL> is the volume where the exchange gives one',
  example: [
    '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>',
    '2018.02.16\t09:30:00\t1.25062\t1.25071\t1.25058\t1.25069\t112\t0\t8',
  ],
  names: { volume: '<TICKVOL>' },
  preferredVolume: '<VOL>',
  signature: ['date', 'time', 'open', 'tickvol', 'vol', 'spread'],
  distinct: true,
  zone: null,
  stamp: 'start',
  order: 'ascending',
  note: "stamps are in the time of the broker's server, often Europe/Athens or Etc/GMT-3; the volume is <VOL> where the exchange gives one, else it counts ticks",
};
