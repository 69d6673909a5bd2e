import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { settingFault } from '../../core/schema-issue.ts';

/**
 * Settings of a reward with their defaults filled in.
 * @throws AssayError `config_invalid` naming the first that is unknown or out of range.
 */
export function checkedSettings<Schema extends z.ZodType>(schema: Schema, options: z.input<Schema>, place: string): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const { keys, because, hint = 'docs/rewards.md lists every setting' } = settingFault(schema, options, parsed.error);
  throw new AssayError('config_invalid', `${keys.join('.')}: ${because}`, { place: [place, ...keys].join('.'), hint });
}
