import { describe, expect, test } from 'vitest';
import { type Anchor, formatAnchor, parseAnchor, readAnchor } from '../../src/registry/anchor.ts';
import { genesisHash } from '../../src/registry/record.ts';
import { newSigner, useFolder, useLedger } from '../fixtures/ledger.ts';

const folder = useFolder();

describe('an anchor', () => {
  const { database, begin, decide, verifyRecords: verify } = useLedger(folder);

  test('of an empty ledger holds for every later one', async () => {
    const empty = await readAnchor(database.db);
    expect(empty).toEqual({ hash: genesisHash, records: 0 });
    expect((await verify({ anchor: empty })).intact).toBe(true);
    await begin();
    expect(await verify({ anchor: empty })).toMatchObject({ intact: true, recordsAfter: null });
  });

  test('holds while records are added, and says how many followed', async () => {
    const anchor = await readAnchor(database.db);
    expect(anchor.records).toBe(3);
    expect(parseAnchor(` ${formatAnchor(anchor).toUpperCase()}\n`)).toEqual(anchor);
    await decide();
    expect(await verify({ anchor })).toMatchObject({ intact: true, recordsAfter: 1, findings: [] });
  });

  test('with another number of records does not hold, although its hash is there', async () => {
    const { hash } = await readAnchor(database.db);
    for (const records of [3, 5])
      expect((await verify({ anchor: { hash, records } })).findings).toMatchObject([
        { check: 'anchor', state: 'fail', found: expect.stringContaining('number of records is wrong') },
      ]);
  });

  test.each([
    '',
    'abc:3',
    `${'a'.repeat(64)}`,
    `${'a'.repeat(64)}:`,
    `${'a'.repeat(64)}:0`,
    `${genesisHash}:2`,
    `${'a'.repeat(64)}:-1`,
    `${'a'.repeat(64)}:1.5`,
    `${'g'.repeat(64)}:1`,
  ])('is not %s', (text) => expect(() => parseAnchor(text)).toThrow(expect.objectContaining({ code: 'usage' })));
});

describe('an anchor of another ledger', () => {
  const { begin, verify } = useLedger(folder);

  test('does not hold', async () => {
    await begin();
    const { findings, intact } = await verify({ anchor: { hash: 'a'.repeat(64), records: 2 } });
    expect(intact).toBe(false);
    expect(findings).toMatchObject([{ check: 'anchor', place: 'record 2', found: expect.stringContaining('another ledger') }]);
  });
});

/** What an audit did to a ledger as its administrator, and what shows it: with the anchor, and with the public key alone. */
describe.each([
  ['the last record changed from refused to promoted', 'promoted', ['anchor', 'signature', 'record']],
  ['the last record removed', 'last', ['anchor']],
  ['every record removed', 'all', ['anchor', 'tables']],
  ['the alias moved to a version of the refused trial without a record', 'alias', ['tables']],
  ['the whole history written anew by another key', 'anew', ['anchor', 'signature']],
] as const)('%s', (_, kind, shownBy) => {
  const { database, begin, tamper, forge, verify } = useLedger(folder);
  const [signer, thief] = [newSigner(), newSigner()];

  test('is found', async () => {
    const [, , refused] = await begin({ signer });
    const anchor: Anchor = await readAnchor(database.db);
    expect(await verify({ anchor, publicKeys: [signer.id] })).toMatchObject({ intact: true, findings: [] });
    const doings: Readonly<Record<typeof kind, () => Promise<unknown>>> = {
      promoted: () => forge(3, (record) => ({ ...record, kind: 'promoted', passed: true, version: 3 })),
      last: () => tamper('delete from promotions where sequence = 3'),
      all: () => tamper('delete from promotions'),
      alias: () =>
        tamper(`insert into artifacts (hash, bytes) values ('${refused!.record.policyHash}', 1);
          insert into model_versions (model_id, version, trial_id, policy_hash) select 1, 3, max(id), '${refused!.record.policyHash}' from trials;
          update aliases set version = 3`),
      anew: async () => {
        let previousHash = genesisHash;
        for (const sequence of [1, 2, 3])
          previousHash = await forge(sequence, (record) => ({ ...record, previousHash, reason: 'anew' }), thief);
      },
    };
    await doings[kind]();
    const { findings, intact } = await verify({ anchor, publicKeys: [signer.id] });
    expect(intact).toBe(false);
    const failed = new Set(findings.filter(({ state }) => state === 'fail').map(({ check }) => check));
    for (const check of shownBy) expect(failed).toContain(check);
  });
});
