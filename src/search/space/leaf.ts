import { gridValue } from './decimal.ts';
import type { ChoiceValue, LeafParam } from './param.ts';

/*
 * Internal values: the number itself for float and int, the position among the choices otherwise, NaN for an absent parameter.
 */

/** Returns the internal value, inside the range or not; NaN for a value of another type or an unknown choice. */
export function encodeValue(param: LeafParam, value: ChoiceValue | undefined): number {
  if (param.type !== 'choice') return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
  const at = value === undefined ? -1 : param.choices.indexOf(value);
  return at < 0 ? Number.NaN : at;
}

/** Inverse of {@link encodeValue} for a value that fits. */
export function decodeValue(param: LeafParam, internal: number): ChoiceValue {
  // Adding 0 turns -0, which JSON cannot express, into 0.
  return param.type === 'choice' ? param.choices[internal]! : internal + 0;
}

/** Returns the nearest value that the parameter can have. */
export function fitValue(param: LeafParam, internal: number): number {
  if (param.type === 'choice') return Math.min(Math.max(Math.round(internal), 0), param.choices.length - 1);
  const { low, high, step } = param;
  const inside = Math.min(Math.max(internal, low), high);
  if (step === null) return inside;
  return Math.min(gridValue(low, step, roundHalfEven((inside - low) / step)), high);
}

/** True if the parameter can have the internal value; on a grid with a tolerance of 1e-9 of a step. */
export function fits(param: LeafParam, internal: number): boolean {
  if (Number.isNaN(internal)) return false;
  if (param.type === 'choice') return true;
  const { low, high, step } = param;
  if (param.type === 'int' && !Number.isInteger(internal)) return false;
  const slack = step === null ? 0 : 1e-9 * step;
  if (internal < low - slack || internal > high + slack) return false;
  return step === null || Math.abs(internal - gridValue(low, step, Math.round((internal - low) / step))) <= slack;
}

/** Ties go to the even neighbour, as IEEE 754 and numpy do. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
