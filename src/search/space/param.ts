/**
 * The parameters of a search space as plain data. A space is declared once; flat names, types, hash, samplers' boxes,
 * tables and chart axes derive from it.
 */

export interface FloatParam {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Values are low + k * step; null for a continuous parameter. */
  readonly step: number | null;
}

export interface IntParam {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** At least 1; 1 when `log`. */
  readonly step: number;
}

export type ChoiceValue = string | number | boolean | null;

export interface ChoiceParam<Value extends ChoiceValue = ChoiceValue> {
  readonly type: 'choice';
  readonly choices: readonly Value[];
}

/** One of several named cases, each with parameters of its own that exist only under it. */
export interface BranchParam<Cases extends Readonly<Record<string, SpaceShape>> = Readonly<Record<string, SpaceShape>>> {
  readonly type: 'branch';
  readonly cases: Cases;
}

export type Param = FloatParam | IntParam | ChoiceParam | BranchParam;

/** What is left of a parameter under its flat name: a branch has become the choice of its case. */
export type LeafParam = FloatParam | IntParam | ChoiceParam;

/** What a study file declares: names to parameters, branches nested. */
export interface SpaceShape {
  readonly [name: string]: Param;
}

/** Values under flat names; a branch's own value is the name of its case (`opt` = 'adam', `opt.adam.beta1` = 0.9). */
export type FlatParams = Readonly<Record<string, ChoiceValue>>;

/** The JSON form of a space (docs: specs of `assay ask-tell`), stored with the study and hashed. */
export type SpaceJson = { readonly [name: string]: ParamJson };

export type ParamJson =
  | {
      readonly type: 'float';
      readonly low: number;
      readonly high: number;
      readonly log?: true;
      readonly step?: number;
    }
  | {
      readonly type: 'int';
      readonly low: number;
      readonly high: number;
      readonly log?: true;
      readonly step?: number;
    }
  | { readonly type: 'choice'; readonly choices: readonly ChoiceValue[] }
  | {
      readonly type: 'branch';
      readonly cases: { readonly [name: string]: SpaceJson };
    };
