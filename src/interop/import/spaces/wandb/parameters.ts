import { z } from 'zod';
import { settingFault } from '../../../../core/schema-issue.ts';
import { float, int } from '../../../../search/space/builders.ts';
import { areEqual, choiceOf, exponentials, fixedTo, logRounded, roundedSteps, threeSigma, unchanged } from '../change.ts';
import type { Change, Converted } from '../converted.ts';
import { isMapping, type SpaceFile } from '../space-file.ts';

const parameterSchema = z.strictObject({
  distribution: z.string().optional(),
  value: z.unknown().optional(),
  values: z.array(z.unknown()).min(1).optional(),
  probabilities: z.array(z.number()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  mu: z.number().default(0),
  sigma: z.number().positive().default(1),
  q: z.number().positive().default(1),
});

type Parameter = z.output<typeof parameterSchema>;

interface Reading {
  readonly file: SpaceFile;
  readonly approximate: boolean;
}

/** Returns the parameters of a sweep; those inside of a parameter have flat names. */
export function convertParameters(
  given: unknown,
  keys: readonly string[],
  reading: Reading,
  prefix = '',
  notes: readonly string[] = [],
): readonly Converted[] {
  if (!isMapping(given) || Object.keys(given).length === 0)
    throw reading.file.wrong(keys, 'no parameters', 'write parameters: { lr: { min: 0.001, max: 0.1 } }');
  return Object.entries(given).flatMap(([key, parameter]) => {
    const [own, name] = [[...keys, key], prefix + key];
    if (isMapping(parameter) && 'parameters' in parameter) {
      const inside = [`inside of ${name} in the sweep`];
      return convertParameters(parameter['parameters'], [...own, 'parameters'], reading, `${name}.`, inside);
    }
    const change = convertParameter(parameter, own, reading);
    return [{ ...change, name, notes: [...notes, ...change.notes] }];
  });
}

function convertParameter(given: unknown, keys: readonly string[], { file, approximate }: Reading): Change {
  const parsed = parameterSchema.safeParse(given);
  if (!parsed.success) {
    const fault = settingFault(parameterSchema, given, parsed.error);
    throw file.wrong(
      [...keys, ...fault.keys],
      fault.because,
      [...(fault.hint === undefined ? [] : [fault.hint]), `a parameter has ${Object.keys(parameterSchema.shape).join(', ')}`].join(' '),
    );
  }
  const parameter = parsed.data;
  const refuse = (message: string, hint: string) => file.wrong(keys, message, hint);
  const distribution = parameter.distribution ?? distributionOf(parameter, keys, file);
  const ends = (): readonly [number, number] => {
    if (parameter.min !== undefined && parameter.max !== undefined) return [parameter.min, parameter.max];
    throw refuse(`${distribution} needs min and max`, 'write both');
  };
  const { q, mu, sigma } = parameter;
  switch (distribution) {
    case 'constant':
      if (parameter.value !== undefined) return fixedTo(parameter.value);
      throw refuse('a constant needs its value', 'write value: 16');
    case 'categorical':
    case 'categorical_w_probabilities':
      if (parameter.values === undefined) throw refuse(`${distribution} needs values`, 'write values: [16, 32]');
      if (areEqual(parameter.probabilities ?? [])) return choiceOf(parameter.values);
      throw refuse('probabilities are not equal', 'leave probabilities out: samplers learn which values are good');
    case 'uniform':
      return unchanged(float(...ends()));
    case 'q_uniform':
      return roundedSteps(...ends(), q);
    case 'log_uniform_values':
      return unchanged(float(...ends(), { log: true }));
    case 'q_log_uniform_values':
      return logRounded(float(...ends(), { log: true }), q);
    case 'int_uniform':
      return unchanged(int(...ends()));
    case 'log_uniform':
    case 'q_log_uniform': {
      const { ends: range, note } = exponentials(...ends(), distribution);
      const param = float(...range, { log: true });
      return distribution === 'log_uniform' ? { param, notes: [note] } : logRounded(param, q, [note]);
    }
    case 'inv_log_uniform': {
      const [low, high] = ends();
      throw refuse(`there is no ${distribution}`, `log_uniform with min: ${-high + 0} and max: ${-low + 0} is the same`);
    }
    case 'inv_log_uniform_values':
      throw refuse(`there is no ${distribution}`, 'log_uniform_values with the same ends has the same values');
    case 'normal':
    case 'q_normal':
    case 'log_normal':
    case 'q_log_normal':
      if (approximate) return threeSigma(mu, sigma, { log: distribution.includes('log'), q: distribution.startsWith('q') ? q : null });
      throw refuse(`there is no ${distribution}`, 'a range has two ends: write them, or take three sigma around mu with --approximate');
    default:
      throw refuse(`there is no ${distribution}`, 'write min and max, or values');
  }
}

/** As W&B infers it: two whole numbers are an integer range. */
function distributionOf({ value, values, min, max }: Parameter, keys: readonly string[], file: SpaceFile): string {
  if (value !== undefined) return 'constant';
  if (values !== undefined) return 'categorical';
  if (min === undefined || max === undefined) throw file.wrong(keys, 'neither a range nor values', 'write min and max, values, or value');
  return file.isReal([...keys, 'min']) || file.isReal([...keys, 'max']) ? 'uniform' : 'int_uniform';
}
