import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { ledgerReportSchema, recordDetailSchema } from '../../src/api/routes/ledger.ts';
import { modelDetailSchema } from '../../src/api/routes/models.ts';
import { versionDetailSchema } from '../../src/api/routes/versions.ts';
import { promote } from '../../src/registry/promote.ts';
import { createFileStore } from '../../src/storage/artifacts/files.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, gateResult } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { assay, assayHere } from './assay.ts';

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-model-'));
const store = createFileStore(dataDir);
const policies = [randomBytes(64), randomBytes(64)];
const hashes = policies.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
const studies: string[] = [];
const ledger: string[] = [];
const model = (...parameters: readonly string[]) =>
  assayHere(['model', ...parameters, '--data-dir', dataDir], { DATABASE_URL: database.url });
const api = (path: string, headers: Record<string, string> = {}) => createApi({ db: database.db, dataDir }).request(path, { headers });

beforeAll(async () => {
  for (const bytes of policies) {
    const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
    studies.push(name);
    const { promotion } = await promote(database.db, store, {
      model: 'pairs',
      alias: 'champion',
      address: `${name}#0`,
      gateResults: [gateResult()],
      policies: askedBy('default'),
      evidence: null,
      policyHash: (await store.put(bytes)).hash,
      data: [],
    });
    ledger.push(promotion.hash);
  }
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('show tells of a model, and of a version with the decision that made it; so does the API', async () => {
  expect((await model('show', 'pairs', '--json')).json()).toMatchObject({
    name: 'pairs',
    versions: [{ address: 'pairs@2' }, { address: 'pairs@1' }],
  });
  const expected = {
    address: 'pairs@2',
    model: 'pairs',
    aliases: ['champion'],
    trial: `${studies[1]}#0`,
    policyHash: hashes[1],
    bytes: 64,
    promotion: { sequence: 2, hash: ledger[1] },
    record: { kind: 'promoted', verdicts: [{ gate: 'return' }] },
  };
  expect((await model('show', 'pairs@champion', '--json')).json()).toMatchObject(expected);
  expect((await model('show', 'pairs@1')).out).toContain(`${studies[0]}#0`);
  expect(await model('show', 'pairs@9')).toMatchObject({ code: 2, err: expect.stringContaining('pairs@champion') });
  for (const version of ['2', 'champion'])
    expect(versionDetailSchema.parse(await (await api(`/v1/models/pairs/versions/${version}`)).json())).toMatchObject(expected);
  expect((await api('/v1/models/pairs/versions/9')).status).toBe(404);
});

test('show tells of a refusal and its record; an override needs another principal; so does the API', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const request = {
    model: 'refused-one',
    alias: 'champion',
    address: `${name}#0`,
    gateResults: [gateResult({ passed: false })],
    policies: askedBy('default'),
    evidence: null,
    policyHash: hashes[0]!,
    data: [],
    as: 'ada',
  };
  const { promotion } = await promote(database.db, store, request);
  const place = String(promotion.sequence);
  expect(await model('show', 'refused-one')).toMatchObject({ code: 0, err: expect.stringContaining(`--record ${place}`) });
  expect((await model('show', 'refused-one', '--json')).json()).toMatchObject({
    versions: [],
    lastDecision: { kind: 'refused', by: expect.stringMatching(/^ada \(/) },
  });
  expect(await model('show', 'refused-one', '--record', place)).toMatchObject({
    code: 0,
    out: expect.stringContaining('gate return\tfail: worst seed'),
  });
  expect(await model('show', 'refused-one', '--record', '99')).toMatchObject({ code: 2 });
  expect(recordDetailSchema.parse(await (await api(`/v1/models/refused-one/records/${place}`)).json())).toMatchObject({
    decision: { kind: 'refused' },
    record: { kind: 'refused' },
  });
  expect((await api('/v1/models/refused-one/records/99')).status).toBe(404);
  expect(modelDetailSchema.parse(await (await api('/v1/models/refused-one')).json())).toMatchObject({ versions: [] });

  await promote(database.db, store, { ...request, as: 'bob', override: 'a known data fault' });
  expect((await model('show', 'refused-one')).out).toContain('override');
  expect((await model('history', 'refused-one')).out).toContain(`override of ${place}`);
  expect((await model('show', 'refused-one@champion')).out).toMatch(
    /override\trecord \d+, by bob \(.*ada \(.* had asked and was refused: a known data fault/,
  );
  expect(modelDetailSchema.parse(await (await api('/v1/models/refused-one')).json())).toMatchObject({
    aliases: [{ overrides: [{ reason: 'a known data fault' }] }],
  });
  await database.pool.query(`alter table promotions disable trigger all; alter table model_versions disable trigger all;
    delete from promotions where sequence > 2; delete from aliases where model_id = (select id from models where name = 'refused-one'); delete from model_versions where model_id = (select id from models where name = 'refused-one'); delete from models where name = 'refused-one';
    alter table promotions enable trigger all; alter table model_versions enable trigger all`);
});

test('export writes the bytes that were promoted, and what is known of them beside', async () => {
  const out = join(dataDir, 'policy.onnx');
  expect((await model('export', 'pairs@champion', '--out', out, '--json')).json()).toEqual({
    address: 'pairs@2',
    policyHash: hashes[1],
    bundleHash: null,
    files: [out, `${out}.json`],
  });
  expect(readFileSync(out)).toEqual(policies[1]);
  expect(JSON.parse(readFileSync(`${out}.json`, 'utf8'))).toMatchObject({
    address: 'pairs@2',
    policyHash: hashes[1],
    record: { sequence: 2 },
  });
  expect(await model('export', 'pairs@1', '--out', out)).toMatchObject({ code: 3, err: expect.stringContaining('--replace') });
  expect(await model('export', 'pairs@1', '--out', out, '--replace')).toMatchObject({ code: 0 });
  expect(readFileSync(out)).toEqual(policies[0]);
  expect(await model('export', 'pairs@1')).toMatchObject({ code: 2, err: expect.stringContaining('--bundle') });
  expect(await model('export', 'pairs@1', '--bundle', join(dataDir, 'e.bundle'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('no evidence bundle'),
  });
  const nowhere = join(dataDir, 'missing', 'policy.onnx');
  expect(await model('export', 'pairs@1', '--out', nowhere)).toMatchObject({ code: 2, err: expect.not.stringContaining(' at ') });

  const answer = await api('/v1/models/pairs/versions/1/policy.onnx');
  expect([answer.status, answer.headers.get('etag'), answer.headers.get('content-type')]).toEqual([
    200,
    `"${hashes[0]}"`,
    'application/octet-stream',
  ]);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(policies[0]);
  expect((await api('/v1/models/pairs/versions/1/policy.onnx', { 'if-none-match': `"${hashes[0]}"` })).status).toBe(304);
});

test('card writes one HTML file; so does the API', async () => {
  const out = join(dataDir, 'card.html');
  expect(await model('card', 'pairs@champion', '-o', out)).toMatchObject({ code: 0, out: expect.stringContaining(out) });
  expect(readFileSync(out, 'utf8')).toContain('<h1>pairs@2</h1>');
  expect(await model('card', 'pairs@1', '-o', out)).toMatchObject({ code: 3, err: expect.stringContaining('--replace') });
  expect((await model('card', 'pairs@1', '-o', '-')).out).toContain('<h1>pairs@1</h1>');
  expect((await model('card', 'pairs@9', '-o', '-')).code).toBe(2);
  const answer = await api('/v1/models/pairs/versions/2/card.html');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await answer.text()).toBe(readFileSync(out, 'utf8'));
  expect((await api('/v1/models/pairs/versions/2/evidence.bundle')).status).toBe(404);
});

test('verify says what differs, a line each, and ends with 3; so do the API and doctor', async () => {
  expect((await model('verify', '--json')).json()).toEqual({
    intact: true,
    records: 2,
    head: ledger[1],
    recordsAfter: null,
    policies: 2,
    bundles: 0,
    recomputed: null,
    foreign: 0,
    witness: null,
    unsigned: 2,
    keys: [],
    findings: [],
  });
  const kept = await model('verify', 'pairs', '--head', ledger[0] ?? '');
  expect(kept).toMatchObject({ code: 0, err: expect.stringContaining('1 record after the one that was given') });
  expect(await model('verify', '--head', 'f'.repeat(64))).toMatchObject({
    code: 3,
    out: expect.stringContaining('the ledger was cut or rewritten'),
  });
  expect(await model('verify', 'other')).toMatchObject({ code: 2 });
  expect(ledgerReportSchema.parse(await (await api(`/v1/ledger/verify?policies=true&head=${ledger[0]}`)).json())).toMatchObject({
    intact: true,
    recordsAfter: 1,
    policies: 2,
  });
  expect((await api('/v1/ledger/verify?head=x')).status).toBe(400);

  await database.pool.query('update aliases set version = 1');
  const moved = await model('verify');
  expect(moved).toMatchObject({ code: 3, err: expect.stringContaining('ledger') });
  expect(moved.out).toMatch(/tables\tfail\tpairs@champion\tit names version 1, and record 2/);
  expect(await (await api('/v1/ledger/verify')).json()).toMatchObject({ intact: false, findings: [{ place: 'pairs@champion' }] });
  const doctor = assay(['doctor', '--json', '--data-dir', dataDir], { DATABASE_URL: database.url });
  expect(doctor).toMatchObject({ code: 4, err: expect.stringContaining('ledger') });
  await database.pool.query('update aliases set version = 2');

  const path = store.pathOf(hashes[1] ?? '');
  chmodSync(path, 0o644);
  writeFileSync(path, 'other');
  expect(await model('verify')).toMatchObject({ code: 3, out: expect.stringContaining('policy\tfail\tpairs@2') });
  expect((await model('export', 'pairs@2', '--out', join(dataDir, 'damaged.onnx'))).code).toBe(2);
  expect(existsSync(join(dataDir, 'damaged.onnx'))).toBe(false);
  expect((await api('/v1/models/pairs/versions/2/policy.onnx')).status).toBe(500);
  writeFileSync(path, policies[1]!);
});

test('anchor and key are kept elsewhere, and verify compares the ledger with them', async () => {
  const [key, other, made] = ['ledger.pub.pem', 'other.pub.pem', 'none.pem'].map((name) => join(dataDir, name)) as [string, string, string];
  const printed = await model('key');
  writeFileSync(key, printed.out);
  expect(printed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
    err: expect.stringMatching(/^ed25519:\S+, of the private key in /),
  });
  writeFileSync(other, String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })));
  const anchor = (await model('anchor')).out.trim();
  expect((await model('anchor', '--json')).json()).toEqual({ anchor, hash: ledger[1], records: 2 });
  expect(await (await api('/v1/ledger/anchor')).json()).toEqual({ anchor, hash: ledger[1], records: 2 });
  expect(await model('verify', '--anchor', anchor, '--public-key', key)).toMatchObject({
    code: 0,
    err: expect.stringContaining('2 without a signature'),
  });
  const longer = `${'a'.repeat(64)}:3`;
  expect(await model('verify', '--anchor', longer)).toMatchObject({ code: 3, out: expect.stringContaining('its tail was cut') });
  expect(await (await api(`/v1/ledger/verify?anchor=${longer}`)).json()).toMatchObject({ intact: false, findings: [{ check: 'anchor' }] });
  expect(await model('verify', '--anchor', '3')).toMatchObject({ code: 2 });
  expect(await model('verify', '--public-key', made)).toMatchObject({ code: 2 });

  expect(await model('rollback', 'pairs@champion', '--json')).toMatchObject({ code: 0 });
  expect(await model('verify', '--public-key', key, '--public-key', other)).toMatchObject({
    code: 0,
    err: expect.stringContaining('1 signed by ed25519:'),
  });
  expect(await model('verify', '--public-key', other)).toMatchObject({ code: 3, out: expect.stringContaining('not among the given keys') });
  expect(await model('verify', '--anchor', anchor)).toMatchObject({ code: 0, err: expect.stringContaining('1 record after the one') });
  await database.pool.query('alter table promotions disable trigger all');
  await database.pool.query('delete from promotions where sequence = 3; update aliases set version = 2');
  await database.pool.query('alter table promotions enable trigger all');
});

test('rollback moves the alias back and tells the witness; a witness that cannot be written is reported', async () => {
  const witness = join(dataDir, 'witness');
  const env = { DATABASE_URL: database.url, ASSAY_LEDGER_WITNESS: witness };
  const back = await assayHere(['model', 'rollback', 'pairs@champion', '--reason', 'drawdown', '--json', '--data-dir', dataDir], env);
  const { record } = back.json<{ record: { hash: string } }>();
  expect(back.json()).toMatchObject({ version: 1, previousVersion: 2, record: { kind: 'rollback', sequence: 3, reason: 'drawdown' } });
  expect(readFileSync(witness, 'utf8')).toMatch(new RegExp(`^3 ${record.hash} \\S+\n$`));
  expect((await assayHere(['model', 'verify', '--json', '--data-dir', dataDir], env)).json()).toMatchObject({
    intact: true,
    witness,
    findings: [],
  });
  expect(await model('rollback', 'pairs@champion')).toMatchObject({ code: 3, err: expect.stringContaining('never named another version') });
  expect(await model('rollback', 'pairs@1')).toMatchObject({ code: 2 });
  expect((await model('history', 'pairs', '--json')).json()).toMatchObject({ items: [{ kind: 'rollback', version: 1 }, {}, {}] });
  expect(await assayHere(['model', 'verify', '--data-dir', dataDir], { ...env, ASSAY_LEDGER_WITNESS: 'somewhere' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('not an absolute path'),
  });
});

test('a study that a version came out of stays, and its refusal names the version and a way out', async () => {
  const removed = await assayHere(['study', 'rm', studies[0] ?? '', '--yes'], { DATABASE_URL: database.url });
  expect(removed).toMatchObject({ code: 3, err: expect.stringContaining('pairs@1') });
  expect(removed.err).toContain('assay gc --keep-top 1');
});
