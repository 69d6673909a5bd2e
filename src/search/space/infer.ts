import type { BranchParam, ChoiceParam, FloatParam, IntParam, RepeatParam, SpaceShape, WhenGuard } from './param.ts';

/**
 * Type of a space's values as an objective receives them: numbers, the union of the choices, for a branch a union discriminated on
 * `name`, for a repeat a list. A parameter under `when` is optional.
 */
export type Infer<Shape> = Flat<
  { -readonly [Name in keyof Shape as Shape[Name] extends Guarded ? never : Name]: InferParam<Shape[Name]> } & {
    -readonly [Name in keyof Shape as Shape[Name] extends Guarded ? Name : never]?: InferParam<Shape[Name]>;
  }
>;

/** A parameter under `when`. */
export interface Guarded {
  readonly when: WhenGuard;
}

/** The value of one parameter. */
export type InferParam<P> = P extends FloatParam | IntParam
  ? number
  : P extends ChoiceParam<infer Value>
    ? Value
    : P extends BranchParam<infer Cases>
      ? InferCases<Cases>
      : P extends RepeatParam<infer Of>
        ? Infer<Of>[]
        : never;

/** The value of a branch: one of its cases. */
export type InferCases<Cases extends Readonly<Record<string, SpaceShape>>> = {
  [Case in keyof Cases & string]: Flat<{ name: Case } & Infer<Cases[Case]>>;
}[keyof Cases & string];

/** Flattens an intersection into one object type. */
export type Flat<T> = { [Key in keyof T]: T[Key] } & {};

/** Values nested as declared, for a declaration that is not known at compile time. */
export interface NestedParams {
  readonly [name: string]: unknown;
}
