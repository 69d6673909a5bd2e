import { extname } from 'node:path';
import { checkName } from '../../../core/address.ts';
import { AssayError } from '../../../core/errors.ts';
import type { AlgorithmRef } from '../../../search/algorithm.ts';
import { hyperband, nop, successiveHalving } from '../../../search/pruners/index.ts';
import { auto, grid, random } from '../../../search/samplers/index.ts';
import { defineStudy } from '../../../search/study/define-study.ts';
import { slugOf } from '../../slug-of.ts';
import { type Converted, repeated, shapeOf } from './converted.ts';
import type { Call, StudyDraft } from './draft.ts';
import { convertSpace } from './dump/convert.ts';
import { convertHyperopt } from './dump/hyperopt.ts';
import { dumpOf } from './dump/node.ts';
import { convertRay } from './dump/ray.ts';
import { isMapping, type SpaceFile } from './space-file.ts';
import { convertSweep } from './wandb/sweep.ts';
import { studyText } from './write-study.ts';

export type SpaceSource = 'wandb' | 'ray' | 'hyperopt';

export interface ImportAsked {
  /** Default: what the file is. */
  readonly from?: SpaceSource | undefined;
  /** Takes a range of three standard deviations for a normal distribution. */
  readonly approximate?: boolean | undefined;
  /** Default: what the file calls itself, or its own name. */
  readonly name?: string | undefined;
}

export interface ImportedSpace {
  readonly name: string;
  readonly params: readonly Converted[];
  /** The study file. */
  readonly text: string;
}

/**
 * Converts a sweep of Weights & Biases, or a dumped space of Ray Tune or Hyperopt, into a study file, which loads.
 * @throws AssayError `space_invalid`, `study_invalid` for what has no counterpart here, `usage` for a wrong `from` or name
 */
export function importSpace(file: SpaceFile, asked: ImportAsked): ImportedSpace {
  const draft = draftOf(file, asked);
  const name = checkName('study', asked.name ?? slugOf(draft.name ?? file.name.slice(0, -extname(file.name).length || undefined)));
  checkStudy(name, draft, file);
  return { name, params: draft.params, text: studyText(name, draft, file.name) };
}

function draftOf(file: SpaceFile, { from, approximate = false }: ImportAsked): StudyDraft {
  const isDump = isMapping(file.tree) && file.tree['assay'] === 'space';
  if (!isDump && (from === undefined || from === 'wandb')) return convertSweep(file, approximate);
  const dump = dumpOf(file);
  if (from !== undefined && from !== dump.from)
    throw new AssayError('usage', `${file.name} is a space of ${dump.from}, not of ${from}`, { hint: 'leave --from out' });
  const params = convertSpace(dump.space, { file, approximate, callOf: dump.from === 'ray' ? convertRay : convertHyperopt });
  return {
    from: dump.from === 'ray' ? 'a space of Ray Tune' : 'a space of Hyperopt',
    name: null,
    notes: [],
    params,
    direction: {
      value: 'minimize',
      notes: [dump.from === 'ray' ? 'the space does not say: the mode of the tuner' : 'fmin minimizes'],
    },
  };
}

const builders: Readonly<Record<string, (options: never) => AlgorithmRef>> = { auto, random, grid, successiveHalving, hyperband, nop };

const built = ({ name, options }: Call<string>): AlgorithmRef => builders[name]!(options as never);

/** Defines the very study that the file will define, so that a file that does not load is never written. */
function checkStudy(name: string, { params, direction, sampler, pruner, trials, target }: StudyDraft, file: SpaceFile): void {
  checkNames(params, file, '');
  try {
    defineStudy({
      name,
      direction: direction.value,
      space: shapeOf(params),
      ...(sampler !== undefined && { sampler: built(sampler.value) }),
      ...(pruner !== undefined && { pruner: built(pruner.value) }),
      ...((trials !== undefined || target !== undefined) && {
        budget: { ...(trials !== undefined && { trials: trials.value }), ...(target !== undefined && { stopWhen: { target } }) },
      }),
      objective: () => 0,
    });
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    const { code, place, message, hint } = cause;
    throw new AssayError(code, place === undefined ? message : `${place}: ${message}`, {
      place: file.name,
      ...(hint !== undefined && { hint }),
      cause,
    });
  }
}

/** Flat names may meet: `a.b`, and `b` inside of `a`. */
function checkNames(params: readonly Converted[], file: SpaceFile, within: string): void {
  const twice = repeated(params.map(({ name }) => name));
  if (twice !== undefined) throw file.wrong([], `${within}${twice} is there twice`, 'rename one of the two');
  for (const { name, param } of params)
    if (param.type === 'branch') {
      const same = repeated(param.cases.map((one) => one.name));
      if (same !== undefined) throw file.wrong([], `${within}${name} has two cases ${same}`, 'rename one of the two');
      for (const one of param.cases) checkNames(one.params, file, `${within}${name}.${one.name}.`);
    }
}
