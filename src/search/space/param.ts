/**
 * The parameters of a search space as plain data. Flat names, types, hash, sampler ranges, tables and chart axes derive from them.
 */

/** The parameter exists only while another one exists and has one of these values. */
export interface WhenGuard {
  /** Name of a parameter in the same object, else a flat name. */
  readonly param: string;
  readonly in: readonly ChoiceValue[];
}

/** Part that all parameters share: the condition under which one exists. */
export interface Guardable {
  readonly when?: WhenGuard;
}

export interface FloatParam extends Guardable {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Values are low + k * step; null for a continuous parameter. */
  readonly step: number | null;
}

export interface IntParam extends Guardable {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** At least 1; 1 when `log`. */
  readonly step: number;
}

export type ChoiceValue = string | number | boolean | null;

export interface ChoiceParam<Value extends ChoiceValue = ChoiceValue> extends Guardable {
  readonly type: 'choice';
  readonly choices: readonly Value[];
}

/** One of several named cases, each with parameters of its own that exist only under it. */
export interface BranchParam<Cases extends Readonly<Record<string, SpaceShape>> = Readonly<Record<string, SpaceShape>>> extends Guardable {
  readonly type: 'branch';
  readonly cases: Cases;
}

/** A list of between `low` and `high` items; the parameters of item i exist while there are more than i. */
export interface RepeatParam<Of extends SpaceShape = SpaceShape> extends Guardable {
  readonly type: 'repeat';
  readonly low: number;
  readonly high: number;
  readonly of: Of;
}

export type Param = FloatParam | IntParam | ChoiceParam | BranchParam | RepeatParam;

/** A parameter under its flat name: a branch has become the choice of its case, a list the number of its items. */
export type LeafParam = FloatParam | IntParam | ChoiceParam;

/** A space as a study file declares it: parameters by name, branches nested. */
export interface SpaceShape {
  readonly [name: string]: Param;
}

/** Values under flat names; a branch's own value is the name of its case (`opt` = 'adam', `opt.adam.beta1` = 0.9), a
 * list's own value the number of its items (`layers` = 2, `layers.0.width` = 64). */
export type FlatParams = Readonly<Record<string, ChoiceValue>>;

/** JSON form of a space, stored with the study and hashed; `assay ask-tell` reads it. */
export type SpaceJson = { readonly [name: string]: ParamJson };

export type ParamJson = { readonly when?: WhenGuard } & (
  | {
      readonly type: 'float' | 'int';
      readonly low: number;
      readonly high: number;
      readonly log?: true;
      readonly step?: number;
    }
  | { readonly type: 'choice'; readonly choices: readonly ChoiceValue[] }
  | { readonly type: 'branch'; readonly cases: { readonly [name: string]: SpaceJson } }
  | { readonly type: 'repeat'; readonly low: number; readonly high: number; readonly of: SpaceJson }
);
