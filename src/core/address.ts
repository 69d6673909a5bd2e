import { AssayError } from './errors.ts';

/**
 * Addresses, the same on the command line, in logs, URLs and the API: `study`, `study#42` for a trial, `model@alias` or `model@7` for a
 * model version.
 */
export interface TrialAddress {
  readonly study: string;
  readonly number: number;
}

export interface ModelAddress {
  readonly model: string;
  /** An alias such as `champion`, or a version number. */
  readonly at: string | number;
}

/** Names of studies, models, aliases and data sets: lower-case letters, digits, `.`, `_` and `-`, 100 at most. */
export const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/;

export function checkName(kind: string, name: string): string {
  if (namePattern.test(name)) return name;
  throw new AssayError('usage', `${JSON.stringify(name)} is no ${kind} name`, {
    hint: 'use lower-case letters, digits, dot, underscore and hyphen, starting with a letter or digit, 100 characters at most',
  });
}

export function trialAddress(study: string, number: number): string {
  return `${study}#${number}`;
}

export function parseTrialAddress(text: string): TrialAddress {
  const { study, number } = parseStudyOrTrial(text);
  if (number !== null) return { study, number };
  throw new AssayError('usage', `${JSON.stringify(text)} names no trial`, {
    hint: 'write study#number, for example my-study#42 (quote it in a shell)',
  });
}

/** `study` or `study#42`. */
export function parseStudyOrTrial(text: string): { readonly study: string; readonly number: number | null } {
  const hash = text.indexOf('#');
  if (hash === -1) return { study: checkName('study', text), number: null };
  const digits = text.slice(hash + 1);
  if (!/^(0|[1-9]\d{0,8})$/.test(digits)) {
    throw new AssayError('usage', `${JSON.stringify(text)} names no trial`, { hint: 'write study#number, for example my-study#42' });
  }
  return { study: checkName('study', text.slice(0, hash)), number: Number(digits) };
}

export function parseModelAddress(text: string): ModelAddress {
  const [model, at, ...rest] = text.split('@');
  if (model === undefined || at === undefined || rest.length > 0) {
    throw new AssayError('usage', `${JSON.stringify(text)} names no model version`, {
      hint: 'write model@alias or model@version, for example scalper@champion',
    });
  }
  return { model: checkName('model', model), at: /^[1-9]\d*$/.test(at) ? Number(at) : checkName('alias', at) };
}
