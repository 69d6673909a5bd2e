import { expect, test } from 'vitest';
import { knownInstrument } from './instruments.ts';

test('instruments have what the exchange fixes; fees and margins are null until they are given', () => {
  const worth = (symbol: string) => {
    const { root, multiplier, tick } = knownInstrument(symbol)!;
    return [root, multiplier, tick, multiplier * tick];
  };
  expect(['NQ', 'MNQZ4', 'ES.c.0', 'MESH2024'].map(worth)).toEqual([
    ['NQ', 20, 0.25, 5],
    ['MNQ', 2, 0.25, 0.5],
    ['ES', 50, 0.25, 12.5],
    ['MES', 5, 0.25, 1.25],
  ]);
  expect(knownInstrument('MNQ')).toMatchObject({
    unit: 'contract',
    currency: 'USD',
    calendar: 'globex-equity',
    feePerSide: null,
    initialMargin: null,
  });
  expect(knownInstrument('MNQ', { feePerSide: 0.62, initialMargin: 2500 })).toMatchObject({
    feePerSide: 0.62,
    initialMargin: 2500,
    maintenanceMargin: null,
  });
});

test('a product that is not in the table is null', () => {
  expect(knownInstrument('NVDA')).toBeNull();
  expect(knownInstrument('toString')).toBeNull();
  expect(knownInstrument('CLZ4')).toBeNull();
});
