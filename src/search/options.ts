import type { z } from 'zod';
import { AssayError, type ErrorCode } from '../core/errors.ts';
import { settingFault, unknownKey } from '../core/schema-issue.ts';

/**
 * Checks the options of a sampler or pruner and fills in the defaults.
 * @param place the algorithm's id, for the error
 * @throws AssayError `code`, naming the option
 */
export function parseOptions<Options>(
  schema: z.ZodObject & z.ZodType<Options>,
  options: unknown,
  place: string,
  code: ErrorCode = 'study_invalid',
): Options {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const { keys, because, hint } = settingFault(schema, options, parsed.error);
  const known = `options of ${place}: ${Object.keys(schema.shape).join(', ') || 'none'}`;
  const name = keys.join('.');
  throw new AssayError(code, because === unknownKey ? `unknown option ${name}` : `option ${name}: ${because}`, {
    place,
    hint: hint === undefined ? known : `${hint} ${known}`,
  });
}
