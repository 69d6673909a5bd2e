import { choice, fixed, float } from '../../../search/space/builders.ts';
import { gridValue } from '../../../search/space/decimal.ts';
import type { ChoiceValue } from '../../../search/space/param.ts';
import type { Change } from './converted.ts';

/** Conversions that spaces of several programs share. Ends and order are checked with the whole space. */

export const unchanged = (param: Change['param']): Change => ({ param, notes: [] });

/** Returns e to the power of both ends. Logarithms of round numbers give round numbers: 12 digits are kept. */
export function exponentials(low: number, high: number, what: string): { readonly ends: readonly [number, number]; readonly note: string } {
  return {
    ends: [rounded(Math.exp(low)), rounded(Math.exp(high))],
    note: `${what} takes exponents of e: ${low} and ${high} are ${rounded(Math.exp(low))} and ${rounded(Math.exp(high))}`,
  };
}

const rounded = (value: number): number => Number(value.toPrecision(12));

/** `round(x / q) * q` as Python rounds: halves to the even multiple. */
export function multipleOf(value: number, q: number): number {
  const ratio = value / q;
  const below = Math.floor(ratio);
  const up = ratio - below === 0.5 ? below % 2 !== 0 : ratio - below > 0.5;
  return gridValue(0, q, below + (up ? 1 : 0)) + 0;
}

/** A range whose values are rounded to multiples of q: both ends may round outwards. */
export function roundedSteps(low: number, high: number, q: number): Change {
  const [from, to] = [multipleOf(low, q), multipleOf(high, q)];
  const moved = from === low && to === high ? [] : [`ends ${low} and ${high} rounded to multiples of ${q}`];
  return {
    param: float(from, to, { step: q }),
    notes: [...moved, 'both ends are as likely as any other multiple (half as likely there)'],
  };
}

/** A log scale with a step, which no space here has. */
export function logRounded(param: Change['param'], q: number, notes: readonly string[] = []): Change {
  return { param, rounded: q, notes: [...notes, `a log scale has no step here: the objective is to round to a multiple of ${q}`] };
}

/** A normal distribution as a range of three standard deviations. */
export function threeSigma(mu: number, sigma: number, kind: { readonly log: boolean; readonly q: number | null }): Change {
  const [low, high] = [rounded(mu - 3 * sigma), rounded(mu + 3 * sigma)];
  const said = `approximate: ${kind.log ? 'log-normal' : 'normal'} with mu ${mu} and sigma ${sigma}, cut at three sigma and searched evenly`;
  if (kind.log) {
    const param = float(rounded(Math.exp(low)), rounded(Math.exp(high)), { log: true });
    return kind.q === null ? { param, notes: [said] } : logRounded(param, kind.q, [said]);
  }
  if (kind.q === null) return { param: float(low, high), notes: [said] };
  const { param, notes } = roundedSteps(low, high, kind.q);
  return { param, notes: [said, ...notes] };
}

/** A list of values; lists and maps among them, which no choice has, become texts of JSON. */
export function choiceOf(values: readonly unknown[]): Change {
  const plain = values.map(plainValue);
  return { param: choice(plain), notes: notesOf(values) };
}

/** A value that is not searched. */
export function fixedTo(value: unknown): Change {
  return { param: fixed(plainValue(value)), notes: notesOf([value]) };
}

const isPlain = (value: unknown): value is ChoiceValue => typeof value !== 'object' || value === null;

const plainValue = (value: unknown): ChoiceValue => (isPlain(value) ? value : JSON.stringify(value));

function notesOf(values: readonly unknown[]): readonly string[] {
  return values.every(isPlain) ? [] : ['lists and maps are texts here: JSON.parse gives them back'];
}

/** True if all weights are equal, so that leaving them out changes nothing. */
export function areEqual(weights: readonly unknown[]): boolean {
  return weights.every((weight) => typeof weight === 'number' && Math.abs(weight - (weights[0] as number)) < 1e-9);
}
