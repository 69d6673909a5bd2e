import { expect, test } from 'vitest';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { regimeOptions } from './regimes.ts';
import { regimeReports } from './report.ts';

const bars = generateMarket(marketPresets.planted, 3, 5);
const [report, other] = regimeReports(bars, { from: 0, to: 3 * 390 }, { ...regimeOptions.parse({ randomStarts: 2 }), compared: 0 });

test('a report counts every bar once, in rising order of turbulence', () => {
  const { regimes, sessions, fitted } = report!;
  expect(regimes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(sessions.map(({ date, trained, regimes: of }) => [date, trained, of.length])).toEqual([
    ['2024-01-02', true, 390],
    ['2024-01-03', true, 390],
    ['2024-01-04', true, 390],
    ['2024-01-05', false, 390],
    ['2024-01-08', false, 390],
  ]);
  const shares = sessions.reduce((sum, { regimes: of }) => sum + of.filter((regime) => regime === 2).length, 0) / (5 * 390);
  expect(regimes[2]!.share).toBeCloseTo(shares, 12);
  expect(regimes[2]!.nextMove).toBeGreaterThan(regimes[0]!.nextMove);
  expect(fitted.starts).toHaveLength(3);
  expect(other!.symbol).toBe('MSFT');
});

test('the training rows alone determine the model', () => {
  const longer = generateMarket(marketPresets.planted, 3, 4);
  const [again] = regimeReports(longer, { from: 0, to: 3 * 390 }, { ...regimeOptions.parse({ randomStarts: 2 }), compared: 0 });
  expect(again!.fitted).toEqual(report!.fitted);
});
