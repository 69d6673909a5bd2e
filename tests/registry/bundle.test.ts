import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { parseTrialAddress } from '../../src/core/address.ts';
import { counted } from '../../src/core/counted.ts';
import type { Json } from '../../src/core/json.ts';
import { pack } from '../../src/core/pack.ts';
import { gatesAsked } from '../../src/registry/asked-policies.ts';
import { decodeBundle, encodeBundle } from '../../src/registry/bundle/bundle.ts';
import { verifyBundleFile } from '../../src/registry/bundle/verify-file.ts';
import { exportVersion } from '../../src/registry/export-version.ts';
import { type Decision, promote } from '../../src/registry/promote.ts';
import { promoteTrial } from '../../src/registry/trial-gates.ts';
import { verifyModels } from '../../src/registry/verify.ts';
import { collectGarbage } from '../../src/storage/artifacts/collect.ts';
import { createFileStore } from '../../src/storage/artifacts/files.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { openValidation, saveEvaluation } from '../../src/storage/validations/save-validation.ts';
import { checkGates, type GateResult } from '../../src/validation/gates/index.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, evaluation, plan, validateTrial } from '../fixtures/evaluations.ts';
import { newSigner, useFolder } from '../fixtures/ledger.ts';
import { attempt, useRoles } from '../fixtures/roles.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const urlAs = useRoles(database);
const folder = useFolder();
const signer = newSigner();

/** A validated trial whose promotion is asked by the real gates, which refuse it; `force` as if every verdict had passed. */
async function decide(force: boolean, change: Partial<GateResult> = {}): Promise<Decision> {
  const store = createFileStore(folder());
  const study = await studyWith(database.db, [
    { outcome: complete(0.4, { sharpeDaily: 0.1 }) },
    { outcome: complete(0.2, { sharpeDaily: -0.1 }) },
  ]);
  await validateTrial(database.db, store, study.id, 0);
  const address = `${study.name}#0`;
  const evidence = await readEvidence(database.db, store, address);
  const { gateResults } = checkGates(gatesAsked(askedBy('default')), evidence.evidence);
  return promote(database.db, store, {
    model: 'scalper',
    alias: 'champion',
    address,
    gateResults: gateResults.map((result) => ({ ...result, ...(force && { passed: true, observed: 1 }), ...change })),
    policies: askedBy('default'),
    evidence,
    policyHash: evidence.policies[0]!.hash,
    data: evidence.data,
    signer,
  });
}

const writeAnew = (path: string, content: string | Uint8Array): void => {
  chmodSync(path, 0o644);
  writeFileSync(path, content);
};
/** Runs the command in this process. */
async function cli(...argv: readonly string[]): Promise<{ readonly code: number; readonly err: string }> {
  let err = '';
  const out = { write: () => undefined, isTerminal: false, width: () => 80 };
  const told = {
    ...out,
    write: (text: string) => {
      err += text;
    },
  };
  return { code: await main([...argv], { out, err: told, in: new PassThrough(), env: {} }), err };
}

const verify = () => verifyModels(database.db, { store: createFileStore(folder()), recompute: true });

describe('the evidence bundle of a decision', () => {
  test('is named by its record, and gives every verdict again without the database', async () => {
    const { record, bundle } = await decide(false);
    const path = createFileStore(folder()).pathOf(record.bundleHash ?? '');
    expect(readFileSync(path)).toEqual(Buffer.from(encodeBundle(bundle!)));
    const report = verifyBundleFile(path);
    expect(report).toMatchObject({
      intact: true,
      trial: record.address,
      bundleHash: record.bundleHash,
      policyHash: record.policyHash,
      record: null,
      findings: [],
    });
    expect([report.verdicts, report.recomputed]).toEqual([record.verdicts.length, record.verdicts.length]);
    expect(record.verdicts.some(({ observed }) => observed === 'NaN')).toBe(true);
    expect(await verify()).toMatchObject({ intact: true, bundles: 1, recomputed: record.verdicts.length, findings: [] });
    expect(await verifyModels(database.db, { store: createFileStore(folder()) })).toMatchObject({ bundles: 1, recomputed: null });
  });

  test('keeps what the gates saw bit for bit, NaN and infinities too, -0 as 0, and how the search went', async () => {
    const store = createFileStore(folder());
    const study = await studyWith(database.db, [{ outcome: complete(0.4) }, {}]);
    const odd = {
      ...evaluation(1),
      metrics: { sharpe: Number.NaN, calmar: Number.POSITIVE_INFINITY },
      dailyReturns: [Number.NaN, -0, Number.NEGATIVE_INFINITY],
    };
    const wanted = plan(study.id, { trials: [0], seeds: [1] });
    const validation = await openValidation(database.db, wanted);
    for (const { fold } of wanted.folds)
      await saveEvaluation(database.db, store, validation, {
        subject: { kind: 'policy', number: 0, seed: 1, policy: new Uint8Array([fold]) },
        fold,
        evaluation: { ...odd, stepReturns: Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY) },
        data: wanted.definition.data,
      });
    const { evidence } = await readEvidence(database.db, store, `${study.name}#0`);
    const { decision } = await promoteTrial(database.db, folder(), {
      trial: parseTrialAddress(`${study.name}#0`),
      model: 'odd',
      alias: 'champion',
      reason: null,
    });
    const bundle = decodeBundle(await store.get(decision.record.bundleHash ?? ''), 'bundle');
    expect(pack(bundle.evidence)).toEqual(pack(evidence));
    expect(bundle.evidence.seeds[0]?.folds[0]).toMatchObject({
      dailyReturns: [Number.NaN, 0, Number.NEGATIVE_INFINITY],
      stepReturns: Float64Array.of(Number.NaN, 0, Number.POSITIVE_INFINITY),
    });
    expect(bundle.search).toMatchObject({
      study: study.name,
      trials: { complete: 1, queued: 1 },
      values: { numbers: [0], values: Float64Array.of(0.4) },
    });
    expect(bundle).toMatchObject({
      policy: new Uint8Array([1]),
      params: decision.record.config.params,
      data: decision.record.data,
      code: decision.record.code,
    });
  });

  test('is refused to be made where bytes of the evidence are lost or damaged, and nothing is written into the ledger', async () => {
    const store = createFileStore(folder());
    const study = await studyWith(database.db, [{ outcome: complete(0.4) }]);
    await validateTrial(database.db, store, study.id, 0);
    const trial = parseTrialAddress(`${study.name}#0`);
    const { artifactHashes } = await readEvidence(database.db, store, trial);
    for (const hash of artifactHashes) {
      const whole = readFileSync(store.pathOf(hash));
      rmSync(store.pathOf(hash));
      const lost = promoteTrial(database.db, folder(), { trial, model: 'lost', alias: 'champion', reason: null });
      await expect(lost).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('is not whole'),
        place: store.pathOf(hash),
      });
      writeFileSync(store.pathOf(hash), 'x');
      const damaged = promoteTrial(database.db, folder(), { trial, model: 'lost', alias: 'champion', reason: null });
      await expect(damaged).rejects.toMatchObject({ code: 'conflict' });
      writeFileSync(store.pathOf(hash), whole);
    }
    const { rows } = await database.pool.query(`select count(*)::int as n from promotions where model = 'lost'`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  test('is found out where its bytes are changed, lost, or of another decision', async () => {
    const { record } = await decide(false);
    const other = await decide(false);
    const path = createFileStore(folder()).pathOf(record.bundleHash ?? '');
    const place = `record ${record.sequence}`;
    const ofRecord = async () => (await verify()).findings.filter((finding) => finding.place === place);
    expect(await ofRecord()).toEqual([]);
    const bytes = readFileSync(path);
    writeAnew(path, bytes.toString('latin1').replace('"passed":false', '"passed":true '));
    expect(await ofRecord()).toMatchObject([{ check: 'bundle', found: expect.stringContaining('SHA-256') }]);
    writeAnew(path, readFileSync(createFileStore(folder()).pathOf(other.record.bundleHash ?? '')));
    expect(await ofRecord()).toMatchObject([{ check: 'bundle', found: expect.stringContaining('SHA-256') }]);
    rmSync(path);
    expect(await ofRecord()).toMatchObject([{ check: 'bundle', found: expect.stringContaining('cannot be read') }]);
  });

  test('of a release whose rules have other versions is no damage, and is not called computed', async () => {
    const { record } = await decide(false, { version: '0' });
    const found = (await verify()).findings.filter(({ place }) => place === `record ${record.sequence}`);
    expect(found).toHaveLength(record.verdicts.length);
    expect(found[0]).toMatchObject({ check: 'verdict', state: 'warn', found: expect.stringContaining('cannot compute it again') });
    const path = createFileStore(folder()).pathOf(record.bundleHash ?? '');
    expect(verifyBundleFile(path)).toMatchObject({ intact: true, recomputed: 0, foreign: record.verdicts.length });
    const asked = await cli('model', 'verify', '--recompute', '--bundle', path);
    expect(asked.code).toBe(3);
    expect(asked.err).toContain(
      `nothing contradicts the ledger, but this release cannot compute ${counted(record.verdicts.length, 'verdict')} again`,
    );
    expect(asked.err).not.toContain('not intact');
  });

  test('outlives the collection of garbage, and no worker touches it', async () => {
    const { record } = await decide(false);
    const store = createFileStore(folder());
    const { rows: study } = await database.pool.query<{ name: string }>('select name from studies order by id desc limit 1');
    await database.pool.query('delete from studies where name = $1', [study[0]?.name]);
    const unused = await store.put(new TextEncoder().encode('nobody refers to it'));
    await collectGarbage(database.db, store, { keepTop: 1, olderThanMs: 0, dryRun: false });
    expect(verifyBundleFile(store.pathOf(record.bundleHash ?? '')).intact).toBe(true);
    await expect(store.get(unused.hash)).rejects.toMatchObject({ code: 'not_found' });
    const url = await urlAs('worker');
    expect(await attempt(url, `delete from artifacts where hash = '${record.bundleHash}'`)).toContain('violates foreign key constraint');
    expect(await attempt(url, `update artifacts set bytes = 1 where hash = '${record.bundleHash}'`)).toBe(
      'permission denied for table artifacts',
    );
    expect(await attempt(url, `update promotions set record = record`)).toBe('permission denied for table promotions');
  });
});

describe('an exported bundle', () => {
  test('is verified beside its record: hash, content, verdicts and signature', async () => {
    const { promotion, record } = await decide(true);
    const out = join(folder(), 'evidence.bundle');
    const { files } = await exportVersion(database.db, createFileStore(folder()), { model: 'scalper', at: 'champion' }, { bundle: out });
    expect(files).toEqual([out, `${out}.json`]);
    const check = (keys = [signer.id]) => verifyBundleFile(out, keys);
    // The verdicts were forced, so they do not come out again; everything else fits.
    expect(check()).toMatchObject({ intact: false, record: promotion.hash, signer: signer.id, bundleHash: record.bundleHash });
    expect(new Set(check().findings.map((finding) => finding.check))).toEqual(new Set(['verdict']));
    expect(check([newSigner().id]).findings.at(-1)).toMatchObject({
      check: 'signature',
      found: expect.stringContaining('not among the given keys'),
    });

    const beside = JSON.parse(readFileSync(`${out}.json`, 'utf8')) as Record<string, Record<string, Json>>;
    const forged = (change: Record<string, Json>, of: 'record' | 'promotion' = 'record') => {
      writeFileSync(`${out}.json`, JSON.stringify({ ...beside, [of]: { ...beside[of], ...change } }));
      return check().findings.filter((finding) => finding.check !== 'verdict');
    };
    expect(forged({ reason: 'another' })).toMatchObject([{ check: 'signature', found: 'its content does not have its hash' }]);
    expect(forged({ bundleHash: 'a'.repeat(64) })[0]).toMatchObject({ check: 'bundle', found: expect.stringContaining('this one is') });
    expect(forged({ signature: null }, 'promotion')).toMatchObject([{ check: 'signature', found: 'it is not signed' }]);
    const { config: _, ...undecided } = beside['record']!;
    for (const record of [undefined, undecided, { ...beside['record'], config: {} }]) {
      writeFileSync(`${out}.json`, JSON.stringify({ ...beside, record }));
      expect(() => check()).toThrow(
        expect.objectContaining({
          code: 'data_invalid',
          place: `${out}.json`,
          message: expect.stringContaining('no record of a decision'),
        }),
      );
    }
    rmSync(`${out}.json`);
    expect(check().findings.at(-1)).toMatchObject({ check: 'signature', state: 'fail' });
    expect(verifyBundleFile(out).findings.every((finding) => finding.check === 'verdict')).toBe(true);
  });

  test('is not there for a version of before there were bundles', async () => {
    const { record } = await decide(false);
    const store = createFileStore(folder());
    await promote(database.db, store, {
      model: 'older',
      alias: 'champion',
      address: record.address,
      gateResults: [{ gate: 'return', version: '1', severity: 'refuse', passed: true, observed: 1, threshold: 0, op: '>=', because: 'b' }],
      policies: askedBy('default'),
      evidence: null,
      policyHash: record.policyHash,
      data: [],
    });
    const out = join(folder(), 'none.bundle');
    await expect(exportVersion(database.db, store, { model: 'older', at: 1 }, { bundle: out })).rejects.toMatchObject({
      code: 'not_found',
      message: 'older@1 has no evidence bundle',
    });
  });
});
