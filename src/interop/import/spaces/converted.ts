import type { ChoiceParam, FloatParam, IntParam, Param, SpaceShape } from '../../../search/space/param.ts';

/** A branch whose cases keep what was said of their parameters. */
export interface ConvertedBranch {
  readonly type: 'branch';
  readonly cases: readonly ConvertedCase[];
}

export interface ConvertedCase {
  readonly name: string;
  readonly params: readonly Converted[];
}

/** What a parameter of another program became, and how its meaning changed: a line each. */
export interface Change {
  readonly param: FloatParam | IntParam | ChoiceParam | ConvertedBranch;
  /** The objective is to round the value to a multiple of this. */
  readonly rounded?: number;
  readonly notes: readonly string[];
}

/** A change under its flat name. */
export interface Converted extends Change {
  readonly name: string;
}

/** Returns the space as a study declares it. Names must differ. */
export function shapeOf(params: readonly Converted[]): SpaceShape {
  return Object.fromEntries(params.map(({ name, param }) => [name, plainParam(param)]));
}

function plainParam(param: Change['param']): Param {
  if (param.type !== 'branch') return param;
  return { type: 'branch', cases: Object.fromEntries(param.cases.map(({ name, params }) => [name, shapeOf(params)])) };
}

/** Returns a text that occurs twice (undefined: none does). */
export function repeated(texts: readonly string[]): string | undefined {
  return texts.find((text, i) => texts.indexOf(text) < i);
}
