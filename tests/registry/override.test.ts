import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { modelHistory } from '../../src/registry/history.ts';
import { listModels, showModel } from '../../src/registry/models.ts';
import type { PromotionRequest } from '../../src/registry/promote.ts';
import { promote } from '../../src/registry/promote.ts';
import { currentPrincipal, isSamePrincipal, sayPrincipal } from '../../src/registry/provenance.ts';
import { readRecord } from '../../src/registry/read-record.ts';
import { rollback } from '../../src/registry/rollback.ts';
import { showVersion } from '../../src/registry/version.ts';
import { gateResult } from '../fixtures/evaluations.ts';
import { useFolder, useLedger } from '../fixtures/ledger.ts';

const folder = useFolder();
afterEach(() => vi.useRealTimers());

const ada = { user: 'ada', host: 'engine', role: 'ada_role' };
const bob = { user: 'bob', host: 'engine', role: 'bob_role' };

/** As an earlier release wrote it. */
function without(record: Record<string, Json>, keys: readonly string[]): Record<string, Json> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

describe('a principal', () => {
  const root = { user: 'root', host: 'h', role: 'postgres' };
  test.each([
    ['another role', ada, bob, false],
    ['the same role, another user', ada, { ...bob, role: 'ada_role' }, true],
    ['the same user in a container, another role', { ...ada, user: 'root' }, { ...bob, user: 'root' }, false],
    ['a name of its own', root, { ...root, as: 'Bob' }, false],
    ['the same name in other letters', { ...root, as: 'Ada' }, { ...root, as: ' ADA ' }, true],
    ['the same name in full width', { ...root, as: 'Ada' }, { ...root, as: 'Ａｄａ' }, true],
    ["the asker's user as a name", ada, { ...bob, as: 'ada' }, true],
    ["the asker's role as a name", ada, { ...bob, as: 'ada_role' }, true],
    ['the same account, only the asker gave a name', { ...root, as: 'ada' }, root, true],
    ['an old record of the same user', { user: 'ada', host: 'h' }, { ...bob, user: 'ada' }, true],
    ['an old record of another user', { user: 'ada', host: 'h' }, bob, false],
  ] as const)('%s', (_, first, second, same) => expect(isSamePrincipal(first, second)).toBe(same));
});

describe('an override', () => {
  const { database, storeOf, decide, forge, verifyRecords } = useLedger(folder);
  const again = (of: PromotionRequest | { address: string; policyHash: string }, change: Partial<PromotionRequest>) =>
    decide(false, { address: of.address, policyHash: of.policyHash, override: 'the drawdown is a data fault', ...change });

  test('by another principal promotes, and is seen for ever: history, model, version, record', async () => {
    const { record: refused } = await decide(false, { by: ada });
    const { record, version, passed } = await again(refused, { by: { ...bob, as: 'Bob B.' } });
    expect([version, passed]).toEqual([1, false]);
    expect(record).toMatchObject({
      kind: 'override',
      passed: false,
      version: 1,
      reason: 'the drawdown is a data fault',
      override: { refusal: refused.sequence, requestedBy: ada },
      verdicts: [{ passed: false }],
    });
    // A later promotion of the same version by its gates takes nothing away.
    await decide(true, { address: refused.address, policyHash: refused.policyHash, by: ada });
    await decide(true, { by: ada });
    const override = { sequence: 2, by: 'Bob B. (bob@engine)', requestedBy: 'ada@engine', reason: 'the drawdown is a data fault' };
    expect((await modelHistory(database.db, 'scalper')).items[2]).toMatchObject({
      kind: 'override',
      by: 'Bob B. (bob@engine)',
      passed: false,
      failedGates: ['return'],
      override: { refusal: 1, requestedBy: 'ada@engine' },
    });
    expect((await showModel(database.db, 'scalper')).versions).toMatchObject([
      { version: 2, overrides: [] },
      { version: 1, overrides: [override] },
    ]);
    expect(await showVersion(database.db, { model: 'scalper', at: 1 })).toMatchObject({
      overrides: [override],
      promotion: { sequence: 3 },
    });
    expect(await readRecord(database.db, 'scalper', 2)).toMatchObject({ decision: { kind: 'override' }, record: { sequence: 2 } });
    expect(await verifyRecords()).toMatchObject({ intact: true, findings: [] });
    await rollback(database.db, storeOf(), { model: 'scalper', alias: 'champion', reason: null, by: ada });
    expect((await listModels(database.db)).items[0]?.aliases).toMatchObject([{ version: 1, overrides: [override] }]);
  });

  test('is refused to the principal who asked, without a refusal, without a reason, and of what passes', async () => {
    const { record: refused } = await decide(false, { by: ada, alias: 'other' });
    const records = async () => (await modelHistory(database.db, 'scalper')).total;
    const before = await records();
    const other = { alias: 'other' };
    await expect(again(refused, { ...other, by: ada })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the same principal'),
    });
    await expect(again(refused, { ...other, by: { ...bob, as: 'ADA' } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(again(refused, { ...other, by: bob, override: '  ' })).rejects.toMatchObject({ code: 'usage' });
    await expect(again(refused, { ...other, by: bob, gateResults: [gateResult()] })).rejects.toMatchObject({
      message: expect.stringContaining('nothing to override'),
    });
    await expect(again(refused, { alias: 'third', by: bob })).rejects.toMatchObject({
      message: expect.stringContaining('nobody was refused'),
    });
    await expect(decide(false, { ...other, by: bob, override: 'why not' })).rejects.toMatchObject({
      message: expect.stringContaining('nobody was refused'),
    });
    expect(await records()).toBe(before);
    expect((await again(refused, { ...other, by: bob })).version).not.toBeNull();
    // One refusal is set aside once.
    await expect(again(refused, { ...other, by: bob })).rejects.toMatchObject({ message: expect.stringContaining('nobody was refused') });
  });

  test.each([
    [
      'a refusal that was never made',
      (record: Record<string, Json>) => ({ ...record, override: { refusal: 99, requestedBy: ada } }),
      /is none/,
    ],
    ['the principal who asked', (record: Record<string, Json>) => ({ ...record, by: ada }), /principal who had asked/],
    ['no reason', (record: Record<string, Json>) => ({ ...record, reason: '' }), /without a reason/],
    ['a verdict that all passed', (record: Record<string, Json>) => ({ ...record, passed: true }), /passed/],
  ])('that was forged is found by the ledger itself: %s', async (_, change, found) => {
    const { rows } = await database.pool.query<{ record: string }>('select record from promotions where sequence = 2');
    await forge(2, change);
    expect((await verifyRecords()).findings).toContainEqual({
      check: 'record',
      state: 'fail',
      place: 'record 2',
      found: expect.stringMatching(found),
    });
    await forge(2, () => JSON.parse(rows[0]!.record) as Record<string, Json>);
    expect((await verifyRecords()).intact).toBe(true);
  });

  test('names the role of the database and the name that was given', async () => {
    const principal = await currentPrincipal(database.db, ' Carol ');
    expect(principal).toMatchObject({ as: 'Carol', role: expect.stringMatching(/./) });
    expect(sayPrincipal(principal)).toMatch(/^Carol \(.+@.+\)$/);
    for (const name of ['', '   ', 'a\nb', 'x'.repeat(101)])
      await expect(currentPrincipal(database.db, name)).rejects.toMatchObject({ code: 'usage', place: '--as' });
  });
});

describe('a promotion', () => {
  const { database, storeOf, decide, forge, verifyRecords } = useLedger(folder);
  const back = () => rollback(database.db, storeOf(), { model: 'scalper', alias: 'champion', reason: null });

  test('expires after the days of its terms, 90 by default, also where its record states none', async () => {
    const first = await decide(true);
    const in90 = new Date(Date.parse(first.record.at) + 90 * 86_400_000).toISOString();
    expect(first.record).toMatchObject({ terms: { expiresAfterDays: 90, coolDownDays: 7 }, expiresAt: in90 });
    expect((await showModel(database.db, 'scalper')).aliases).toMatchObject([{ expiresAt: in90, expired: false }]);
    await forge(1, (record) => ({ ...without(record, ['terms', 'expiresAt']), at: '2020-01-01T00:00:00.000Z' }));
    const standing = { expiresAt: '2020-03-31T00:00:00.000Z', expired: true };
    expect(await showModel(database.db, 'scalper')).toMatchObject({ aliases: [standing], versions: [standing], lastDecision: standing });
    expect((await listModels(database.db)).items[0]?.aliases[0]).toMatchObject(standing);
    expect(await showVersion(database.db, { model: 'scalper', at: 'champion' })).toMatchObject({ ...standing, promotion: standing });
    expect((await modelHistory(database.db, 'scalper')).items[0]).toMatchObject(standing);
    expect((await readRecord(database.db, 'scalper', 1)).decision).toMatchObject(standing);
    const { address, policyHash } = first.record;
    await promote(database.db, storeOf(), {
      model: 'scalper',
      alias: 'challenger',
      address,
      policyHash,
      gateResults: [gateResult()],
      policies: [],
      evidence: null,
      data: [],
    });
    expect((await showModel(database.db, 'scalper')).versions[0]).toMatchObject({ version: 1, expired: false });
  });

  test('of a version that was rolled back waits for its cool-down; another alias, another version and old records as they should', async () => {
    await decide(true);
    const [second, third] = [await decide(true), await decide(true, { terms: { expiresAfterDays: 0, coolDownDays: 0 } })];
    expect((await showVersion(database.db, { model: 'scalper', at: 4 })).expired).toBe(true);
    const of = ({ record: { address, policyHash } }: typeof second) => ({ address, policyHash });
    const noWait = await back();
    expect(noWait).toMatchObject({ version: 3, previousVersion: 4, bundleHash: null });
    expect(noWait.mayReturnAt).toBe(noWait.record.at);
    expect((await decide(true, of(third))).version).toBe(4);
    await back();
    const { mayReturnAt, record } = await back();
    expect(Date.parse(mayReturnAt) - Date.parse(record.at)).toBe(7 * 86_400_000);
    await expect(decide(true, of(second))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(mayReturnAt) });
    // An override does not shorten it.
    await decide(false, { ...of(second), by: ada });
    await expect(decide(false, { ...of(second), by: bob, override: 'I want it' })).rejects.toMatchObject({
      message: expect.stringContaining(mayReturnAt),
    });
    expect((await decide(true, { ...of(second), alias: 'challenger' })).version).toBe(3);
    await forge(record.sequence, (old) => ({ ...without(old, ['mayReturnAt']), at: new Date(Date.now() - 8 * 86_400_000).toISOString() }));
    expect((await decide(true, of(second))).version).toBe(3);
    expect((await verifyRecords()).findings.every(({ check }) => check === 'chain')).toBe(true);
  });
});

describe('a model that was only ever refused', () => {
  const { database, decide, verifyRecords } = useLedger(folder);

  test('is shown with its refusal, and its record whole', async () => {
    const { record, promotion } = await decide(false, { by: ada });
    expect(await showModel(database.db, 'scalper')).toMatchObject({
      name: 'scalper',
      createdAt: record.at,
      aliases: [],
      versions: [],
      lastDecision: promotion,
    });
    expect(await readRecord(database.db, 'scalper', 1)).toEqual({ decision: promotion, record });
    await expect(readRecord(database.db, 'scalper', 2)).rejects.toMatchObject({ code: 'not_found' });
    await expect(readRecord(database.db, 'other', 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(showModel(database.db, 'other')).rejects.toMatchObject({ code: 'not_found' });
    expect(await verifyRecords()).toMatchObject({ intact: true });
  });
});
