import type { Layout } from './layout.ts';

export const tradestation: Layout = {
  id: 'tradestation',
  title: 'TradeStation, Data Window or chart export of intraday bars (Up and Down in place of a volume)',
  source:
    'https://help.tradestation.com/10_00/eng/tradestationhelp/symlist/ascii_3rd_party_data_guidelines.htm: the closing time of the bar; Up and Down are the volume on rising and on falling prices',
  example: ['"Date","Time","Open","High","Low","Close","Up","Down"', '02/16/2018,09:31,245.4,245.74,245.4,245.69,150000,123668'],
  names: { volume: 'Up+Down' },
  signature: ['date', 'time', 'open', 'high', 'low', 'close', 'up', 'down'],
  distinct: true,
  dates: 'mdy',
  zone: null,
  stamp: 'end',
  order: 'ascending',
  note: "stamps are in the exchange's time or the computer's, as the chart was set; bars of a day have Vol and OI instead",
};
