import type { BranchParam, ChoiceParam, ChoiceValue, FloatParam, IntParam, Param, RepeatParam, SpaceShape, WhenGuard } from './param.ts';

export interface NumberOptions {
  /** Search on a logarithmic scale; needs low > 0 and no step. */
  readonly log?: boolean;
  /** Only low + k * step; `high` is lowered to the last such value. */
  readonly step?: number;
}

/*
 * Builders only write the definition down. What is wrong with it is found by `compileSpace`, which knows the
 * parameter's name and can say so.
 */

/** A real number in [low, high]. */
export function float(low: number, high: number, options: NumberOptions = {}): FloatParam {
  return {
    type: 'float',
    low,
    high,
    log: options.log ?? false,
    step: options.step ?? null,
  };
}

/** A whole number in [low, high]. */
export function int(low: number, high: number, options: NumberOptions = {}): IntParam {
  return {
    type: 'int',
    low,
    high,
    log: options.log ?? false,
    step: options.step ?? 1,
  };
}

/** One of the listed values, without any order between them. */
export function choice<const Value extends ChoiceValue>(choices: readonly Value[]): ChoiceParam<Value> {
  return { type: 'choice', choices };
}

/** One of several named cases; a case's own parameters exist only while it is chosen. */
export function branch<const Cases extends Readonly<Record<string, SpaceShape>>>(cases: Cases): BranchParam<Cases> {
  return { type: 'branch', cases };
}

/** A value that is not searched but kept with the trial's parameters. */
export function fixed<const Value extends ChoiceValue>(value: Value): ChoiceParam<Value> {
  return choice([value]);
}

/** A list of between `low` and `high` items with parameters of their own, such as a network's layers. */
export function repeat<const Of extends SpaceShape>(low: number, high: number, of: Of): RepeatParam<Of> {
  return { type: 'repeat', low, high, of };
}

/** The parameter exists only while another one exists and has one of these values. */
export function when<P extends Param>(guard: WhenGuard, param: P): P & { readonly when: WhenGuard } {
  return { ...param, when: guard };
}
