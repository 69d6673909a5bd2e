import { AssayError } from '../../core/errors.ts';

/** For each setting whether it can be, and in words what it must be. */
export type Rules<Options> = Readonly<Record<keyof Options, readonly [boolean, string]>>;

export function positiveInteger(x: number): boolean {
  return Number.isInteger(x) && x > 0;
}

export function positive(x: number): boolean {
  return Number.isFinite(x) && x > 0;
}

/** Throws `params_invalid` naming the first setting of `agent` that breaks its rule. */
export function checkOptions<Options extends object>(agent: string, options: Options, rules: Rules<Options>): Options {
  for (const [name, [fits, wanted]] of Object.entries<readonly [boolean, string]>(rules)) {
    const value = options[name as keyof Options];
    if (!fits) throw new AssayError('params_invalid', `${name} must be ${wanted}, got ${String(value)}`, { place: `${agent} ${name}` });
  }
  return options;
}
