import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';

/** Kinds of settings. */
export const count = z.int().min(1);
export const width = z.int().min(1).max(4096);
export const share = z.number().min(0).max(1);
export const positive = z.number().gt(0);
export const notNegative = z.number().min(0);

/** For a setting that does not fit the others, what it must be; empty where all fit. */
export type Misfits<Options> = Partial<Record<keyof Options, string>>;

export function divides(divisor: number, whole: number): boolean {
  return whole % divisor === 0;
}

/**
 * An agent's settings, checked, with its defaults filled in.
 * @param misfitsOf what one object of settings cannot say: how they must fit each other
 * @throws AssayError `params_invalid` naming the first setting that cannot be.
 */
export function settled<Options extends object>(
  agent: string,
  schema: z.ZodType<Options>,
  options: unknown,
  misfitsOf: (settings: Options) => Misfits<Options>,
): Options {
  const wrong = (name: string, must: string, value: unknown) =>
    new AssayError('params_invalid', `${name} ${must}, got ${String(value)}`, {
      place: `${agent} ${name}`,
      hint: 'docs/configuration.md lists the settings of every agent',
    });
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0]! : null;
    if (unknown !== null)
      throw new AssayError('params_invalid', `there is no setting ${unknown}`, {
        place: `${agent} ${unknown}`,
        hint: 'docs/configuration.md lists the settings of every agent',
      });
    const name = String(issue.path[0]);
    throw wrong(name, `cannot be that (${issue.message})`, (options as Readonly<Record<string, unknown>>)[name]);
  }
  const settings = parsed.data;
  for (const [name, must] of Object.entries<string | undefined>(misfitsOf(settings)))
    if (must !== undefined) throw wrong(name, `must be ${must}`, settings[name as keyof Options]);
  return settings;
}
