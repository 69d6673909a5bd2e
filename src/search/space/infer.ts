import type { BranchParam, ChoiceParam, FloatParam, IntParam, SpaceShape } from './param.ts';

/**
 * The type of a space's values as an objective receives them: numbers, the union of the choices, and for a branch a
 * union discriminated on `name`.
 */
export type Infer<Shape> = {
  -readonly [Name in keyof Shape]: InferParam<Shape[Name]>;
};

type InferParam<P> = P extends FloatParam | IntParam
  ? number
  : P extends ChoiceParam<infer Value>
    ? Value
    : P extends BranchParam<infer Cases>
      ? InferCases<Cases>
      : never;

type InferCases<Cases extends Readonly<Record<string, SpaceShape>>> = {
  [Case in keyof Cases & string]: Flat<{ name: Case } & Infer<Cases[Case]>>;
}[keyof Cases & string];

/** Shows an intersection as one object type, so that it equals the type a reader would write. */
type Flat<T> = { [Key in keyof T]: T[Key] } & {};

/** Values nested as declared, where the declaration is not known to the compiler. */
export interface NestedParams {
  readonly [name: string]: unknown;
}
