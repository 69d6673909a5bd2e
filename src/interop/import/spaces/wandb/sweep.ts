import { z } from 'zod';
import { settingFault } from '../../../../core/schema-issue.ts';
import type { Call, Noted, StudyDraft } from '../draft.ts';
import { isMapping, type SpaceFile } from '../space-file.ts';
import { wordsOf } from './command.ts';
import { convertParameters } from './parameters.ts';

const sweepSchema = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  method: z.enum(['bayes', 'random', 'grid']),
  metric: z
    .object({ name: z.string().optional(), goal: z.enum(['minimize', 'maximize']).default('minimize'), target: z.number().optional() })
    .optional(),
  early_terminate: z
    .object({
      type: z.literal('hyperband'),
      min_iter: z.int().min(1).optional(),
      max_iter: z.int().min(2).optional(),
      s: z.int().min(1).optional(),
      eta: z.int().min(2).default(3),
      strict: z.boolean().optional(),
    })
    .optional(),
  run_cap: z.int().min(1).optional(),
  program: z.unknown().optional(),
  command: z.unknown().optional(),
  parameters: z.unknown(),
});

type Sweep = z.output<typeof sweepSchema>;

const samplers = { bayes: 'auto', random: 'random', grid: 'grid' } as const;

/** Trials of a study that gives no number, as W&B gives none where it has no cap. */
const usualTrials = 100;

/**
 * Converts a sweep of Weights & Biases.
 * @throws AssayError `space_invalid` for what has no counterpart
 */
export function convertSweep(file: SpaceFile, approximate: boolean): StudyDraft {
  if (!isMapping(file.tree)) throw file.wrong([], 'a sweep is a map', 'write method, metric and parameters');
  const parsed = sweepSchema.safeParse(file.tree);
  if (!parsed.success) {
    const { keys, because, hint } = settingFault(sweepSchema, file.tree, parsed.error);
    throw file.wrong(keys, because, hint ?? 'write it as https://docs.wandb.ai/guides/sweeps describes a sweep configuration');
  }
  const sweep = parsed.data;
  const params = convertParameters(sweep.parameters, ['parameters'], { file, approximate });
  const words = wordsOf(sweep.program, sweep.command, file);
  const metric = sweep.metric?.name ?? 'the value';
  const unused = Object.keys(file.tree).filter((key) => !Object.hasOwn(sweepSchema.shape, key));
  return {
    from: 'a sweep of Weights & Biases',
    name: sweep.name ?? null,
    notes: [
      ...(sweep.description === undefined ? [] : [sweep.description]),
      ...(unused.length === 0 ? [] : [`not used here: ${unused.join(', ')}`]),
    ],
    params,
    direction: { value: sweep.metric?.goal ?? 'minimize', notes: [`of ${metric}`] },
    sampler: { value: { name: samplers[sweep.method], options: {} }, notes: sweep.method === 'bayes' ? ['method: bayes'] : [] },
    pruner: prunerOf(sweep, file),
    ...trialsOf(sweep),
    ...(sweep.metric?.target !== undefined && { target: sweep.metric.target }),
    ...(words !== null && { program: { words, metric } }),
  };
}

function trialsOf({ run_cap: cap, method }: Sweep): { readonly trials?: Noted<number> } {
  if (cap !== undefined) return { trials: { value: cap, notes: [] } };
  if (method === 'grid') return {};
  return { trials: { value: usualTrials, notes: ['the sweep has no run_cap and would go on without end'] } };
}

function prunerOf({ early_terminate: rule }: Sweep, file: SpaceFile): Noted<Call<'successiveHalving' | 'hyperband' | 'nop'>> {
  if (rule === undefined) return { value: { name: 'nop', options: {} }, notes: ['no early_terminate: every trial runs to its end'] };
  const { eta, min_iter: first, max_iter: last, s } = rule;
  const notes = ['acts on what the objective reports', ...(rule.strict === true ? ['strict has no counterpart'] : [])];
  if (first !== undefined && last === undefined)
    return { value: { name: 'successiveHalving', options: { minResource: first, reductionFactor: eta } }, notes };
  if (last === undefined || s === undefined)
    throw file.wrong(['early_terminate'], 'neither min_iter nor max_iter with s', 'write min_iter: 3, or max_iter: 27 with s: 2');
  const options = { minResource: Math.max(1, Math.floor(last / eta ** s)), maxResource: last, reductionFactor: eta };
  return {
    value: { name: 'hyperband', options },
    notes: [...notes, `s: ${s} checks from step ${options.minResource} on; here in ladders that begin later and later`],
  };
}
