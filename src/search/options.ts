import type { z } from 'zod';
import { AssayError, type ErrorCode } from '../core/errors.ts';

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
  const issue = parsed.error.issues[0];
  const known = Object.keys(schema.shape).join(', ') || 'none';
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (unknown !== undefined)
    throw new AssayError(code, `unknown option ${unknown}`, {
      place,
      hint: `options of ${place}: ${known}`,
    });
  throw new AssayError(code, `option ${issue?.path.join('.')}: ${issue?.message}`, {
    place,
    hint: `options of ${place}: ${known}`,
  });
}
