import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { sha256 } from '../../core/json.ts';
import { pack, unpack } from '../../core/pack.ts';
import type { AlgorithmRef } from '../../search/algorithm.ts';
import type { Importance } from '../../search/importance/importance.ts';
import type { FlatParams, SpaceJson } from '../../search/space/param.ts';
import type { DataRef, ModuleRef } from '../../search/study/storage.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { ChampionEvidence } from '../../validation/gates/champion.ts';
import type { Evidence, GateResult } from '../../validation/gates/gate.ts';
import type { Code } from '../provenance.ts';
import type { DecisionRecord } from '../record.ts';

/** How the trial was found: what was searched, how often, and what made the difference. */
export interface SearchSummary {
  readonly study: string;
  readonly space: SpaceJson;
  readonly direction: string;
  /** Null: one objective. */
  readonly objectives: readonly Goal[] | null;
  readonly sampler: AlgorithmRef;
  readonly pruner: AlgorithmRef;
  readonly seed: number;
  /** Number of trials by state. */
  readonly trials: Readonly<Record<string, number>>;
  /** Values of the complete trials by number; of several objectives the first. */
  readonly values: { readonly numbers: readonly number[]; readonly values: Float64Array };
  /** Of several objectives the values of each, beside `values` (absent: one objective, or a bundle of an earlier release). */
  readonly objectiveValues?: readonly Float64Array[];
  /** Empty: too few trials. */
  readonly importance: readonly Importance[];
  /** What makes the importance uncertain. */
  readonly notes: readonly string[];
}

/**
 * Everything that a decision rests on, as plain data: the gates judge `evidence` by `gates` and give `verdicts`. It needs no database and no
 * other file. Members may be added; readers pass on those that they do not know.
 */
export interface EvidenceBundle {
  /** Address of the trial. */
  readonly trial: string;
  readonly params: FlatParams;
  readonly trialSeed: number;
  readonly evidence: Evidence;
  /** What the gate `champion` looked at (absent: nothing had to be beaten). */
  readonly champion?: ChampionEvidence;
  readonly validation: { readonly definitionHash: string; readonly definition: Json };
  /** Every data set that was read, by the hash of its content. */
  readonly data: readonly DataRef[];
  /** The program that decided, and the source that the trial ran, by hash. */
  readonly code: Code & { readonly module: ModuleRef };
  readonly search: SearchSummary;
  readonly gates: DecisionRecord['gates'];
  readonly verdicts: readonly GateResult[];
  /** Policies of all seeds and folds, by hash. */
  readonly policies: readonly { readonly seed: number; readonly fold: number; readonly hash: string }[];
  readonly policyHash: string;
  /** The policy that was asked to be promoted, an ONNX model. */
  readonly policy: Uint8Array;
}

const version = 1;
const header = (of: number | string): string => `assay evidence ${of}\n`;
const hint = 'assay model export <model@version> --bundle <file> writes one';

/** What a reader relies on before the gates look: their own rules stay theirs. */
const shape = z.looseObject({
  trial: z.string(),
  params: z.looseObject({}),
  evidence: z.looseObject({
    seeds: z.array(z.looseObject({ seed: z.number(), folds: z.array(z.looseObject({})) })),
    search: z.looseObject({}),
  }),
  validation: z.looseObject({ definitionHash: z.string() }),
  data: z.array(z.looseObject({ name: z.string(), hash: z.string() })),
  code: z.looseObject({ module: z.looseObject({ sourceHash: z.string() }) }),
  search: z.looseObject({ study: z.string(), space: z.looseObject({}) }),
  gates: z.looseObject({}),
  verdicts: z.array(z.looseObject({ gate: z.string(), version: z.string(), passed: z.boolean() })),
  policies: z.array(z.looseObject({ hash: z.string() })),
  policyHash: z.string(),
  policy: z.instanceof(Uint8Array),
});

/** Three parts: a line with the version of the form, a line of canonical JSON, the bytes of all arrays. Equal bundles have equal bytes. */
export function encodeBundle(bundle: EvidenceBundle): Uint8Array {
  const { json, bytes } = pack(bundle);
  return Buffer.concat([Buffer.from(`${header(version)}${json}\n`), bytes]);
}

/**
 * Parses a bundle and checks that it is whole.
 * @param place path or address, for messages
 * @throws AssayError `data_invalid` for other files, bundles of a newer release, and damaged ones
 */
export function decodeBundle(file: Uint8Array, place: string): EvidenceBundle {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const invalid = (message: string): AssayError => new AssayError('data_invalid', message, { place, hint });
  const first = text.indexOf('\n');
  const [, given] = /^assay evidence (\d{1,9})\n$/.exec(text.subarray(0, Math.min(first + 1, 40)).toString('latin1')) ?? [];
  if (given === undefined) throw invalid('this is no evidence bundle');
  if (Number(given) !== version)
    throw new AssayError('data_invalid', `the evidence bundle has the form ${given}, and this release reads ${version}`, {
      place,
      hint: 'read it with the release that made it',
    });
  const second = text.indexOf('\n', first + 1);
  if (second === -1) throw invalid('the evidence bundle is cut off');
  let read: unknown;
  try {
    read = unpack({ json: text.subarray(first + 1, second).toString(), bytes: text.subarray(second + 1) });
  } catch (error) {
    if (error instanceof AssayError) throw invalid(`the evidence bundle is damaged: ${error.message}`);
    throw error;
  }
  const checked = shape.safeParse(read);
  if (!checked.success) throw invalid(`the evidence bundle is damaged at ${checked.error.issues[0]?.path.join('.') ?? 'its root'}`);
  const bundle = read as EvidenceBundle;
  if (sha256(bundle.policy) !== bundle.policyHash) throw invalid('the evidence bundle is damaged: its policy has another SHA-256');
  // There is one form of every content, so a change that a reader ignores shows as well.
  if (!text.equals(encodeBundle(bundle))) throw invalid('the evidence bundle is damaged: its bytes are not those of its content');
  return bundle;
}
