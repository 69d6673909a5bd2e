import type { BranchParam, ChoiceParam, ChoiceValue, FloatParam, IntParam, Param, RepeatParam, SpaceShape, WhenGuard } from './param.ts';

export interface NumberOptions {
  /** Search on a logarithmic scale; needs low > 0 and no step. */
  readonly log?: boolean;
  /** Only low + k * step; `high` is lowered to the last such value. */
  readonly step?: number;
}

/*
 * Builders only record the definition. `compileSpace` checks it, because its errors can name the parameter.
 */

/**
 * A real number in [low, high].
 *
 * @example
 * ```ts
 * import { float } from 'assay';
 *
 * const lr = float(1e-5, 1e-1, { log: true });
 * const dropout = float(0, 0.5, { step: 0.1 }); // 0, 0.1, ... 0.5
 * ```
 */
export function float(low: number, high: number, options: NumberOptions = {}): FloatParam {
  return {
    type: 'float',
    low,
    high,
    log: options.log ?? false,
    step: options.step ?? null,
  };
}

/**
 * A whole number in [low, high].
 *
 * @example
 * ```ts
 * import { int } from 'assay';
 *
 * const layers = int(1, 4);
 * const width = int(16, 1024, { log: true });
 * ```
 */
export function int(low: number, high: number, options: NumberOptions = {}): IntParam {
  return {
    type: 'int',
    low,
    high,
    log: options.log ?? false,
    step: options.step ?? 1,
  };
}

/**
 * One of the listed values, without any order between them.
 *
 * @example
 * ```ts
 * import { choice } from 'assay';
 *
 * const activation = choice(['relu', 'silu', 'gelu']);
 * ```
 */
export function choice<const Value extends ChoiceValue>(choices: readonly Value[]): ChoiceParam<Value> {
  return { type: 'choice', choices };
}

/**
 * One of several named cases; a case's own parameters exist only while it is chosen. The value is typed by its `name`:
 * `{ name: 'adam', beta1 } | { name: 'sgd' }`.
 *
 * @example
 * ```ts
 * import { branch, float, type Infer } from 'assay';
 *
 * const space = { optimizer: branch({ adam: { beta1: float(0.8, 0.999) }, sgd: {} }) };
 * const beta1Of = ({ optimizer }: Infer<typeof space>): number | null => (optimizer.name === 'adam' ? optimizer.beta1 : null);
 * ```
 */
export function branch<const Cases extends Readonly<Record<string, SpaceShape>>>(cases: Cases): BranchParam<Cases> {
  return { type: 'branch', cases };
}

/**
 * A value that is not searched but kept with the trial's parameters.
 *
 * @example
 * ```ts
 * import { fixed, float } from 'assay';
 *
 * const space = { dataset: fixed('nvda-msft'), lr: float(1e-5, 1e-1, { log: true }) };
 * ```
 */
export function fixed<const Value extends ChoiceValue>(value: Value): ChoiceParam<Value> {
  return choice([value]);
}

/**
 * A list of `low` to `high` items with parameters of their own, such as a network's layers.
 *
 * @example
 * ```ts
 * import { int, repeat } from 'assay';
 *
 * const layers = repeat(1, 3, { width: int(16, 256, { log: true }) }); // [{ width: 64 }, { width: 32 }]
 * ```
 */
export function repeat<const Of extends SpaceShape>(low: number, high: number, of: Of): RepeatParam<Of> {
  return { type: 'repeat', low, high, of };
}

/**
 * The parameter exists only while another one exists and has one of these values. Its own value is optional in the trial's params.
 *
 * @example
 * ```ts
 * import { choice, int, when } from 'assay';
 *
 * const space = { depth: int(1, 4), skip: when({ param: 'depth', in: [3, 4] }, choice([true, false])) };
 * ```
 */
export function when<P extends Param>(guard: WhenGuard, param: P): P & { readonly when: WhenGuard } {
  return { ...param, when: guard };
}
