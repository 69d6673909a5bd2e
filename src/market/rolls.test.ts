import { describe, expect, test } from 'vitest';
import { collect } from '../../tests/fixtures/aligned.ts';
import { globexEquity } from './calendars/globex-equity.ts';
import { parseContract, thirdFriday } from './contracts.ts';
import { parseRollRule, type RollRule, rollContracts, rollRuleText } from './rolls.ts';
import { streamOf } from './stream.ts';

/** Two bars a session at the given dates, one at 18:00 on the evening before and one at 10:00, with a price and a volume. */
function contract(name: string, price: number, volumes: Readonly<Record<string, number>>) {
  const times = Object.keys(volumes).flatMap((date) => {
    const { openMs, closeMs } = globexEquity.sessionOf(date)!;
    return [openMs, closeMs - 7 * 3_600_000];
  });
  const column = Float64Array.from(times, (_, k) => price + k);
  const volume = Float64Array.from(Object.values(volumes).flatMap((v) => [v / 2, v / 2]));
  const series = { symbol: 'NQ', time: Float64Array.from(times), open: column, high: column, low: column, close: column, volume };
  return { contract: parseContract(name, 2023)!, stream: streamOf(series, { ofi: column.map((x) => -x) }) };
}

const dates = ['2023-12-08', '2023-12-11', '2023-12-12', '2023-12-13'];
const bars = [
  contract('NQH4', 17_800, { '2023-12-08': 10, '2023-12-11': 30, '2023-12-12': 90, '2023-12-13': 90 }),
  contract('NQZ3', 17_600, { '2023-12-08': 90, '2023-12-11': 20, '2023-12-12': 95, '2023-12-13': 5 }),
];
const rolled = (rule?: RollRule) => {
  const { stream, contracts } = rollContracts('NQ', bars, globexEquity, rule);
  const { time, open, extra } = collect(stream);
  const sessions = Array.from(time, (t) => globexEquity.sessionAt(t)!.date);
  return {
    contracts,
    sessions,
    open: [...open],
    index: [...extra['contract']!],
    previousOpen: [...extra['previousOpen']!],
    ofi: [...extra['ofi']!],
  };
};

describe('a future is rolled at the open of a session', () => {
  test('four sessions before the third Friday, unadjusted, with the open of the old contract beside the first bar', () => {
    const { contracts, sessions, open, index, previousOpen, ofi } = rolled();
    expect(contracts).toEqual({ names: ['NQZ3', 'NQH4'], rule: 'calendar:4', rolls: [{ date: '2023-12-11', from: 'NQZ3', to: 'NQH4' }] });
    expect(sessions).toEqual(dates.flatMap((date) => [date, date]));
    expect(open).toEqual([17_600, 17_601, 17_802, 17_803, 17_804, 17_805, 17_806, 17_807]);
    expect(index).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
    const no = Number.NaN;
    expect(previousOpen).toEqual([no, no, 17_602, no, no, no, no, no]);
    expect(ofi).toEqual(open.map((x) => -x));
  });

  test('the session after the next contract had more volume, and never back', () => {
    const { contracts, index } = rolled({ kind: 'volume' });
    expect(contracts.rolls).toEqual([{ date: '2023-12-12', from: 'NQZ3', to: 'NQH4' }]);
    expect(index).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('when the old contract has no more bars, whatever the rule', () => {
    const short = contract('NQZ3', 17_600, { '2023-12-08': 90 });
    const next = contract('NQH4', 17_800, { '2023-12-08': 10, '2023-12-11': 10 });
    expect(rollContracts('NQ', [short, next], globexEquity, { kind: 'volume' }).contracts.rolls).toMatchObject([
      { date: '2023-12-11', to: 'NQH4' },
    ]);
  });

  test('never back where the last contract ends before an earlier one', () => {
    const ended = contract('NQH4', 17_800, { '2023-12-08': 10, '2023-12-11': 10 });
    const { contracts, stream } = rollContracts('NQ', [bars[1]!, ended], globexEquity, {
      kind: 'given',
      rolls: [{ date: '2023-12-11', to: 'NQH4' }],
    });
    expect(contracts.rolls).toEqual([{ date: '2023-12-11', from: 'NQZ3', to: 'NQH4' }]);
    expect(collect(stream).open).toHaveLength(4);
  });

  test('from a list', () => {
    const { contracts } = rolled({
      kind: 'given',
      rolls: [
        { date: '2023-12-01', to: 'NQZ3' },
        { date: '2023-12-13', to: 'NQH4' },
      ],
    });
    expect(contracts).toMatchObject({ rule: 'given', rolls: [{ date: '2023-12-13' }] });
    expect(() => rolled({ kind: 'given', rolls: [{ date: '2023-12-13', to: 'NQM4' }] })).toThrow(/names NQM4, of which there are no bars/);
  });

  test('only into a contract that has bars, and of one product', () => {
    const late = contract('NQH4', 17_800, { '2023-12-13': 90 });
    expect(rollContracts('NQ', [bars[1]!, late], globexEquity).contracts.rolls).toEqual([{ date: '2023-12-13', from: 'NQZ3', to: 'NQH4' }]);
    const other = { ...late, contract: parseContract('ESH4', 2023)! };
    expect(() => rollContracts('NQ', [bars[1]!, other], globexEquity)).toThrow(/contracts of different products/);
    expect(() => rollContracts('NQ', [bars[1]!, bars[1]!], globexEquity)).toThrow(/named twice/);
  });
});

test('the Monday before the third Friday is four sessions before it, in weeks with a holiday as well', () => {
  const rollDate = (name: string, dates: readonly string[]): string | undefined => {
    const next = contract('NQH7', 1, Object.fromEntries(dates.map((date) => [date, 1])));
    const first = { ...contract('NQZ3', 1, Object.fromEntries(dates.map((date) => [date, 1]))), contract: parseContract(name, 2024)! };
    return rollContracts('NQ', [first, next], globexEquity).contracts.rolls[0]?.date;
  };
  expect(rollDate('NQM4', ['2024-06-14', '2024-06-17', '2024-06-18'])).toBe('2024-06-17'); // Juneteenth on the Wednesday
  expect(rollDate('NQM26', ['2026-06-12', '2026-06-15', '2026-06-16'])).toBe('2026-06-15'); // Juneteenth on the Friday
  expect(rollDate('NQZ26', ['2026-12-11', '2026-12-14'])).toBe('2026-12-14');
});

test('contracts are read with one, two or four digits of the year', () => {
  expect(parseContract('ESM3', 2023)).toEqual({ name: 'ESM3', root: 'ES', year: 2023, month: 6 });
  expect(parseContract('MNQZ9', 2020)?.year).toBe(2019);
  expect(parseContract('MNQH1', 2019)?.year).toBe(2021);
  expect(parseContract('M2KH24')).toMatchObject({ root: 'M2K', year: 2024, month: 3 });
  expect(parseContract('ESH2024')).toMatchObject({ root: 'ES', year: 2024 });
  for (const text of ['ES', 'ESA4', 'NVDA', 'ESH', 'ESH123']) expect(parseContract(text)).toBeNull();
  expect(thirdFriday(parseContract('ESM3', 2023)!)).toBe('2023-06-16');
});

test('rules are written and read', () => {
  for (const text of ['calendar:4', 'calendar:0', 'volume']) expect(rollRuleText(parseRollRule(text))).toBe(text);
  expect(parseRollRule('2023-12-11=NQH4,2024-03-11=NQM4')).toEqual({
    kind: 'given',
    rolls: [
      { date: '2023-12-11', to: 'NQH4' },
      { date: '2024-03-11', to: 'NQM4' },
    ],
  });
  for (const text of ['calendar', 'calendar:-1', 'oi', '2023-13-11=NQH4', '2023-12-11', ''])
    expect(() => parseRollRule(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});
