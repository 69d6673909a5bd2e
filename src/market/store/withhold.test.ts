import { expect, test } from 'vitest';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { generateMarket } from '../synthetic/generate.ts';
import { marketPresetOf } from '../synthetic/presets.ts';
import { barsFromTable } from './read.ts';
import { vaultOf, withoutVault } from './withhold.ts';

const bars = generateMarket(marketPresetOf('planted'), 4, 6);
const table = tableOf(bars);

test('the vault is the last sessions, by the times of their bars', () => {
  const first = bars.session.indexOf(4);
  expect(vaultOf(table, (all) => all / 3)).toEqual({
    dataset: 'test',
    hash: table.hash,
    sessions: 2,
    fromMs: bars.time[first],
    untilMs: bars.time.at(-1)! + bars.barMs,
  });
  expect(vaultOf(table, () => 0)).toBeNull();
  expect(() => vaultOf({ ...table, columns: {} }, () => 1)).toThrow(/no sessions/);
});

test('a table without its vault has the bars before it, and no other in its memory', () => {
  const vault = vaultOf(table, () => 2)!;
  const rest = withoutVault(table, vault);
  const rows = bars.session.indexOf(4);
  expect(rest).toMatchObject({ rows, hash: table.hash, withheld: { fromMs: vault.fromMs, untilMs: vault.untilMs } });
  for (const [name, values] of Object.entries(rest.columns)) {
    expect(values).toEqual(table.columns[name]!.slice(0, rows));
    expect(values.buffer.byteLength).toBe(8 * rows);
  }
  expect(barsFromTable(rest).session.at(-1)).toBe(3);
});

test('other data sets and other contents are handed out as they are', () => {
  const vault = vaultOf(table, () => 2)!;
  expect(withoutVault(table, null)).toBe(table);
  expect(withoutVault(table, { ...vault, dataset: 'another' })).toBe(table);
  expect(withoutVault(table, { ...vault, hash: 'another' })).toBe(table);
});
