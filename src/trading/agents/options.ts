import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';

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
  const invalid = (name: string, must: string, value: unknown) =>
    new AssayError('params_invalid', `${name} ${must}, got ${String(value)}`, {
      place: `${agent} ${name}`,
      hint: 'docs/configuration.md lists the settings of every agent',
    });
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0]! : null;
    if (unknown !== null)
      throw new AssayError('params_invalid', `unknown setting ${unknown}`, {
        place: `${agent} ${unknown}`,
        hint: 'docs/configuration.md lists the settings of every agent',
      });
    const name = String(issue.path[0]);
    throw invalid(name, `is invalid (${issue.message})`, (options as Readonly<Record<string, unknown>>)[name]);
  }
  const settings = parsed.data;
  for (const [name, must] of Object.entries<string | undefined>(conflictsOf(settings)))
    if (must !== undefined) throw invalid(name, `must be ${must}`, settings[name as keyof Options]);
  return settings;
}
