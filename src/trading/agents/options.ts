import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { settingFault, unknownKey } from '../../core/schema-issue.ts';

/** Schemas of common kinds of settings. */
export const count = z.int().min(1);
export const width = z.int().min(1).max(4096);
export const share = z.number().min(0).max(1);
export const positive = z.number().gt(0);
export const notNegative = z.number().min(0);

/** For each setting that does not fit the others, what it must be; empty if all fit. */
export type Conflicts<Options> = Partial<Record<keyof Options, string>>;

export function divides(divisor: number, whole: number): boolean {
  return whole % divisor === 0;
}

/**
 * Checks an agent's settings and fills in its defaults.
 * @param conflictsOf rules between settings, which one zod object cannot express
 * @throws AssayError `params_invalid` naming the first invalid setting.
 */
export function settled<Options extends object>(
  agent: string,
  schema: z.ZodType<Options>,
  options: unknown,
  conflictsOf: (settings: Options) => Conflicts<Options>,
): Options {
  const list = 'docs/configuration.md lists the settings of every agent';
  const invalid = (name: string, must: string, value: unknown) =>
    new AssayError('params_invalid', `${name} ${must}, got ${String(value)}`, {
      place: `${agent} ${name}`,
      hint: list,
    });
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const { keys, because, hint = list } = settingFault(schema, options, parsed.error);
    const name = keys.join('.');
    const message = because === unknownKey ? `unknown setting ${name}` : `${name}: ${because}`;
    throw new AssayError('params_invalid', message, { place: `${agent} ${name}`, hint });
  }
  const settings = parsed.data;
  for (const [name, must] of Object.entries<string | undefined>(conflictsOf(settings)))
    if (must !== undefined) throw invalid(name, `must be ${must}`, settings[name as keyof Options]);
  return settings;
}
