import { beforeAll, describe, expect, test } from 'vitest';
import { hashOf, type Json } from '../../src/core/json.ts';
import { gatesAsked } from '../../src/registry/asked-policies.ts';
import { decodeBundle, type EvidenceBundle, encodeBundle } from '../../src/registry/bundle/bundle.ts';
import { recompute } from '../../src/registry/bundle/recompute.ts';
import { promote } from '../../src/registry/promote.ts';
import type { createFileStore } from '../../src/storage/artifacts/files.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { checkGates } from '../../src/validation/gates/index.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, validateTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

describe('a bundle that is not what it says', () => {
  let bundle: EvidenceBundle;
  let bytes: Buffer;
  beforeAll(async () => {
    const store = new Map<string, Uint8Array>();
    const { createHash } = await import('node:crypto');
    const memory = {
      put: async (given: Uint8Array) => {
        const hash = createHash('sha256').update(given).digest('hex');
        store.set(hash, Uint8Array.from(given));
        return { hash, bytes: given.byteLength };
      },
      get: async (hash: string) => store.get(hash)!,
    } as unknown as ReturnType<typeof createFileStore>;
    const study = await studyWith(database.db, [{ outcome: complete(0.4) }]);
    await validateTrial(database.db, memory, study.id, 0);
    const evidence = await readEvidence(database.db, memory, `${study.name}#0`);
    const decision = await promote(database.db, memory, {
      model: 'damaged',
      alias: 'champion',
      address: `${study.name}#0`,
      gateResults: checkGates(gatesAsked(askedBy('default')), evidence.evidence).gateResults,
      policies: askedBy('default'),
      evidence,
      policyHash: evidence.policies[0]!.hash,
      data: evidence.data,
    });
    bundle = decision.bundle!;
    bytes = Buffer.from(encodeBundle(bundle));
  });

  test('is whole before', () => expect(recompute(decodeBundle(bytes, 'x')).differences).toEqual([]));

  test.each([
    ['an empty file', () => Buffer.alloc(0), 'no evidence bundle'],
    ['an ONNX file', () => Buffer.from([8, 9, 18, 5, 97, 115, 115, 97, 121]), 'no evidence bundle'],
    ['a JSON file', () => Buffer.from('{"evidence": {}}\n'), 'no evidence bundle'],
    [
      'a bundle of a newer release',
      () => Buffer.from(bytes.toString('latin1').replace('assay evidence 1', 'assay evidence 2'), 'latin1'),
      'has the form 2',
    ],
    ['a bundle that ends early', () => bytes.subarray(0, bytes.length - 64), 'array beyond its end'],
    ['a bundle that ends in its text', () => bytes.subarray(0, 200), 'is cut off'],
    ['a bundle with more behind', () => Buffer.concat([bytes, Buffer.from('more')]), 'not those of its content'],
    [
      'a text with more space',
      () => Buffer.from(bytes.toString('latin1').replace('"data":', '"data": '), 'latin1'),
      'not those of its content',
    ],
    ['another policy', () => Buffer.from(encodeBundle({ ...bundle, policy: new Uint8Array([1]) })), 'its policy has another SHA-256'],
    ['a member that is missing', () => Buffer.from(encodeBundle({ ...bundle, evidence: undefined as never })), 'damaged at evidence'],
  ])('is refused in words: %s', (_, make, message) => {
    expect(() => decodeBundle(make(), 'the place')).toThrow(
      expect.objectContaining({ code: 'data_invalid', place: 'the place', message: expect.stringContaining(message) }),
    );
  });

  test('does not hide a changed return, verdict, number of a gate, reason or count', () => {
    const changed = (change: Partial<EvidenceBundle>) => recompute(decodeBundle(encodeBundle({ ...bundle, ...change }), 'x'));
    const long = (odd: number): EvidenceBundle['evidence'] => ({
      ...bundle.evidence,
      seeds: bundle.evidence.seeds.map((seed) => ({
        ...seed,
        folds: seed.folds.map((fold) => ({ ...fold, stepReturns: new Float64Array(15_000).fill(1e-6).fill(odd, 700, 701) })),
      })),
    });
    const sprint = askedBy('dual-ticker');
    const verdicts = checkGates(gatesAsked(sprint), long(1e-6)).gateResults;
    const gates = {
      policies: sprint.map(({ policy, version, by }) => ({ version, by, rules: policy })),
      hash: hashOf(sprint.map(({ policy }) => policy)),
    };
    expect(changed({ gates, evidence: long(1e-6), verdicts }).differences).toEqual([]);
    expect(changed({ gates, evidence: long(2e-6), verdicts }).differences[0]).toContain('differs: observed');
    expect(changed({ verdicts: bundle.verdicts.map((verdict) => ({ ...verdict, passed: true })) }).differences[0]).toContain(
      'passed true, and again false',
    );
    const otherWords = changed({
      verdicts: bundle.verdicts.map((verdict, i) => (i === 0 ? { ...verdict, because: 'as it was said' } : verdict)),
    });
    expect(otherWords).toMatchObject({ same: bundle.verdicts.length, differences: [] });
    expect(otherWords.reworded).toEqual([expect.stringContaining('another reason: as it was said, and again ')]);
    expect(changed({}).reworded).toEqual([]);
    expect(changed({ verdicts: bundle.verdicts.slice(1) }).differences.length).toBeGreaterThan(1);
    expect(changed({ verdicts: bundle.verdicts.slice(0, -1) }).differences).toEqual([expect.stringContaining('there is no verdict of it')]);
    const older = changed({ verdicts: bundle.verdicts.map((verdict, i) => (i === 0 ? { ...verdict, version: '0' } : verdict)) });
    expect(older).toMatchObject({ same: bundle.verdicts.length - 1, differences: [], reworded: [] });
    expect(older.foreign).toEqual([expect.stringContaining('was of the version 0 and is ')]);
    expect(() => changed({ gates: { ...bundle.gates, hash: 'a'.repeat(64) } })).toThrow(
      expect.objectContaining({ code: 'data_invalid', message: expect.stringContaining('do not have the hash that it states') }),
    );
    expect(() => changed({ evidence: { ...bundle.evidence, search: { ...bundle.evidence.search, innerReturns: null as never } } })).toThrow(
      expect.objectContaining({ code: 'data_invalid', message: expect.stringContaining('cannot be judged') }),
    );
  });

  test.each<readonly [string, object, string]>([
    [
      'a gate of a later release',
      { gates: { ...askedBy('default')[0]!.policy.gates, later: { severity: 'refuse' } } },
      'gates.later (unknown gate)',
    ],
    ['a number that a later release added', { later: 1 }, 'its root (Unrecognized key: "later")'],
  ])('whose gate policy has %s is not damaged: no verdict can be computed, and it says why', (_, change, place) => {
    const [{ policy, ...asked }] = askedBy('default') as [ReturnType<typeof askedBy>[number]];
    const rules = { ...policy, ...change } as typeof policy;
    const gates = { policies: [{ ...asked, rules }], hash: hashOf([rules] as Json) };
    const report = recompute(decodeBundle(encodeBundle({ ...bundle, gates }), 'x'));
    expect(report).toMatchObject({ same: 0, differences: [], reworded: [] });
    expect(report.foreign).toHaveLength(bundle.verdicts.length);
    expect(report.foreign[0]).toContain(`cannot be computed again: this release cannot read the gate policy at ${place}`);
  });
});
