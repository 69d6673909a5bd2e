import { createPublicKey, generateKeyPairSync, verify as verifySignature } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AssayError } from '../../src/core/errors.ts';
import { rollback } from '../../src/registry/rollback.ts';
import { keyIdOf, keyOf } from '../../src/registry/signing/key-id.ts';
import { readPublicKeys } from '../../src/registry/signing/public-keys.ts';
import { openSigner, signingKeyPath } from '../../src/registry/signing/signing-key.ts';
import { newSigner, useFolder, useLedger } from '../fixtures/ledger.ts';
import { attempt, useRoles } from '../fixtures/roles.ts';

const folder = useFolder();
const pem = (type: 'ed25519' | 'x25519' = 'ed25519') => {
  const { privateKey, publicKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return {
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
};
const hash = '0123456789abcdef'.repeat(4);

describe('the key', () => {
  test('is made at the first use for its owner alone, and stays the same', () => {
    const dataDir = join(folder(), 'data');
    const first = openSigner(dataDir, {});
    expect(statSync(signingKeyPath(dataDir)).mode & 0o777).toBe(0o600);
    expect(openSigner(dataDir, {}).id).toBe(first.id);
    expect(readdirSync(dataDir)).toEqual(['signing-key.pem']);
  });

  test('signs the bytes of the hash, as node and openssl verify it', () => {
    const { sign, publicKey, id } = openSigner(folder(), {});
    const fits = (signature: string) => verifySignature(null, Buffer.from(hash, 'hex'), publicKey, Buffer.from(signature, 'base64'));
    expect(fits(sign(hash))).toBe(true);
    expect(fits(sign(hash.replace('0', '1')))).toBe(false);
    expect(keyIdOf(createPublicKey(publicKey))).toBe(id);
    expect(keyOf(id)?.equals(createPublicKey(publicKey))).toBe(true);
  });

  test.each([0o644, 0o640, 0o604, 0o622])('is refused if others can read or write it: %o', (mode) => {
    openSigner(folder(), {});
    const path = signingKeyPath(folder());
    chmodSync(path, mode);
    expect(() => openSigner(folder(), {})).toThrow(
      expect.objectContaining({ code: 'forbidden', place: path, hint: expect.stringContaining('chmod 600') }),
    );
    expect(() => openSigner('', { ASSAY_SIGNING_KEY: path })).toThrow(
      expect.objectContaining({ code: 'forbidden', place: 'ASSAY_SIGNING_KEY' }),
    );
  });

  test('can be a PEM text, with line ends written as \\n too, or a file; none is made then', () => {
    const { privateKey, publicKey } = pem();
    const path = join(folder(), 'key.pem');
    writeFileSync(path, privateKey, { mode: 0o600 });
    for (const given of [privateKey, privateKey.replaceAll('\n', '\\n'), path])
      expect(openSigner(folder(), { ASSAY_SIGNING_KEY: given }).publicKey).toBe(publicKey);
    expect(existsSync(signingKeyPath(folder()))).toBe(false);
  });

  test.each([
    ['a public key', pem().publicKey],
    ['a key for another purpose', pem('x25519').privateKey],
    [
      'an encrypted key',
      String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })),
    ],
    ['a key without its armour', pem().privateKey.split('\n')[1] ?? ''],
    ['a damaged key', pem().privateKey.replace(/[A-Z]{4}/, '!!!!')],
    ['a file that is not there', '/nowhere/secret-name.pem'],
  ])('cannot be %s, and no message shows what was given', (_, given) => {
    let thrown: unknown;
    try {
      openSigner(folder(), { ASSAY_SIGNING_KEY: given });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AssayError);
    const { code, message, hint, place, cause } = thrown as AssayError;
    expect(code).toBe('config_invalid');
    expect(cause).toBeUndefined();
    for (const line of given.split('\n').filter((part) => part.length > 20)) expect([message, hint, place].join(' ')).not.toContain(line);
  });

  test('is not read as a public one; a file may hold several public keys', () => {
    const path = join(folder(), 'keys.pem');
    const [first, second] = [pem(), pem()];
    writeFileSync(path, `# two\n${first.publicKey}\n${second.publicKey}`);
    expect(readPublicKeys(path)).toEqual([first, second].map(({ publicKey }) => keyIdOf(createPublicKey(publicKey))));
    for (const text of [first.privateKey, 'nothing', pem('x25519').publicKey, first.publicKey.replace('MCow', 'AAAA')]) {
      writeFileSync(path, text);
      expect(() => readPublicKeys(path)).toThrow(expect.objectContaining({ code: 'config_invalid', place: path }));
    }
    expect(() => readPublicKeys(join(folder(), 'none.pem'))).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('a ledger whose signing began later, by two keys', () => {
  const { database, storeOf, decide, tamper, forge, verifyRecords: verify } = useLedger(folder);
  const urlAs = useRoles(database);
  const [old, current, thief] = [newSigner(), newSigner(), newSigner()];

  test('is intact: records of before are counted, every other names its key', async () => {
    await decide();
    await decide(false, { signer: old });
    await decide(true, { signer: current });
    const back = await rollback(database.db, storeOf(), { model: 'scalper', alias: 'champion', reason: null, signer: current });
    const { rows } = await database.pool.query('select record, hash, signature from promotions where sequence = 4');
    expect(JSON.parse(rows[0].record)).toMatchObject({ signer: current.id, kind: 'rollback' });
    expect(verifySignature(null, Buffer.from(back.record.hash, 'hex'), current.publicKey, Buffer.from(rows[0].signature, 'base64'))).toBe(
      true,
    );
    const report = {
      intact: true,
      unsigned: 1,
      keys: [
        { key: old.id, records: 1 },
        { key: current.id, records: 2 },
      ],
      findings: [],
    };
    expect(await verify()).toMatchObject(report);
    expect(await verify({ publicKeys: [current.id, old.id] })).toMatchObject(report);
  });

  test('fails where a key is not among those that are trusted', async () => {
    expect((await verify({ publicKeys: [current.id] })).findings).toMatchObject([
      { check: 'signature', state: 'fail', place: 'record 2', found: expect.stringContaining(old.id) },
    ]);
  });

  test.each([
    [
      'a signature of another record',
      (): Promise<void> =>
        tamper('update promotions set signature = (select signature from promotions where sequence = 3) where sequence = 4'),
      /not that of its hash/,
    ],
    ['a changed record with the old signature', () => forge(4, (record) => ({ ...record, reason: 'another' })), /not that of its hash/],
    [
      'a changed record that another key signed',
      () => forge(4, (record) => ({ ...record, reason: 'another' }), thief),
      /not among the given keys/,
    ],
    [
      'a record that lost its signature',
      () =>
        tamper(`alter table promotions drop constraint promotions_signature; update promotions set signature = null where sequence = 4`),
      /signature is missing/,
    ],
  ])('shows %s', async (_, doing, found) => {
    const { rows } = await database.pool.query('select * from promotions where sequence = 4');
    await doing();
    const { intact, findings } = await verify({ publicKeys: [old.id, current.id] });
    expect(intact).toBe(false);
    expect(findings).toContainEqual({ check: 'signature', state: 'fail', place: 'record 4', found: expect.stringMatching(found) });
    await tamper(
      `update promotions set record = $json$${rows[0].record}$json$, hash = '${rows[0].hash}', signature = '${rows[0].signature}' where sequence = 4`,
    );
    expect((await verify({ publicKeys: [old.id, current.id] })).intact).toBe(true);
  });

  test('shows an unsigned record behind signed ones', async () => {
    await decide(false);
    expect((await verify()).findings).toEqual([
      { check: 'signature', state: 'fail', place: 'record 5', found: 'it is not signed, and record 2 before it is' },
    ]);
  });

  test('a worker neither signs nor removes a signature', async () => {
    const url = await urlAs('worker');
    for (const statement of ["update promotions set signature = 'x'", 'update promotions set hash = hash', 'delete from promotions'])
      expect(await attempt(url, statement)).toBe('permission denied for table promotions');
  });

  test('whose records are all without a signature shows nothing to a key, and says so', async () => {
    await tamper(
      `delete from promotions where sequence > 1; delete from aliases; delete from model_versions where version > 1; insert into aliases values (1, 'champion', 1)`,
    );
    expect(await verify({ publicKeys: [old.id] })).toMatchObject({
      intact: true,
      unsigned: 1,
      findings: [{ check: 'signature', state: 'warn' }],
    });
  });
});
