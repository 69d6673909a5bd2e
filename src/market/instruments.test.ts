import { expect, test } from 'vitest';
import { instrumentOf, knownInstrument } from './instruments.ts';

test('instruments have what the exchange fixes; fees and margins are null until they are given', () => {
  const worth = (symbol: string) => {
    const { root, multiplier, tick } = instrumentOf(symbol);
    return [root, multiplier, tick, multiplier * tick];
  };
  expect(['NQ', 'MNQZ4', 'ES.c.0', 'MESH2024'].map(worth)).toEqual([
    ['NQ', 20, 0.25, 5],
    ['MNQ', 2, 0.25, 0.5],
    ['ES', 50, 0.25, 12.5],
    ['MES', 5, 0.25, 1.25],
  ]);
  expect(instrumentOf('MNQ')).toMatchObject({
    unit: 'contract',
    currency: 'USD',
    calendar: 'globex-equity',
    feePerSide: null,
    initialMargin: null,
  });
  expect(instrumentOf('MNQ', { feePerSide: 0.62, initialMargin: 2500 })).toMatchObject({
    feePerSide: 0.62,
    initialMargin: 2500,
    maintenanceMargin: null,
  });
});

test('an unknown product is null, or refused with those that are known', () => {
  expect(knownInstrument('NVDA')).toBeNull();
  expect(knownInstrument('toString')).toBeNull();
  expect(() => instrumentOf('CLZ4')).toThrow(
    expect.objectContaining({ code: 'config_invalid', hint: expect.stringContaining('ES, MES, NQ, MNQ') }),
  );
});
