import { logNormalMass } from '../../../core/normal.ts';
import type { FlatParam } from '../../space/compile.ts';
import { cellsOf } from '../gp/coordinates.ts';

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * A parameter on the working scale of the estimators (the logarithm for log parameters). A stepped range is widened by half a step on
 * both sides, since a value stands for the cell around it. The scale of a choice is its position.
 */
export interface TpeAxis {
  /** Position among the parameters modelled together. */
  readonly at: number;
  readonly param: FlatParam['param'];
  readonly kind: 'continuous' | 'stepped' | 'choice';
  readonly low: number;
  readonly high: number;
  readonly scale: (internal: number) => number;
  /** Half a step on the internal scale; 0 without steps. */
  readonly half: number;
  /** The widest cell on the working scale; 0 without steps. */
  readonly widestCell: number;
}

const kinds = ['continuous', 'stepped', 'choice'] as const;

/** Returns continuous parameters first, then stepped ones, then choices: the axes whose kernels are cheapest to reject come first. */
export function axesOf(params: readonly FlatParam[]): readonly TpeAxis[] {
  const axes = params.map((param, at) => axisOf(param, at));
  return kinds.flatMap((kind) => axes.filter((axis) => axis.kind === kind));
}

function axisOf({ param }: FlatParam, at: number): TpeAxis {
  if (param.type === 'choice')
    return { at, param, kind: 'choice', low: 0, high: param.choices.length - 1, scale: (x) => x, half: 0, widestCell: 0 };
  const stepped = cellsOf(param) !== Number.POSITIVE_INFINITY;
  const half = stepped ? (param.step ?? 0) / 2 : 0;
  const scale = param.log ? Math.log : (x: number): number => x;
  return {
    at,
    param,
    kind: stepped ? 'stepped' : 'continuous',
    low: scale(param.low - half),
    high: scale(param.high + half),
    scale,
    half,
    widestCell: scale(param.low + half) - scale(param.low - half),
  };
}

/**
 * Returns the constant term of a truncated normal kernel in a log density: -log(sigma sqrt(2 pi) mass) for a density, -log(mass) for the
 * mass of a cell.
 */
export function kernelConstant({ kind, low, high }: TpeAxis, mu: number, inverseWidth: number): number {
  const mass = logNormalMass((low - mu) * inverseWidth, (high - mu) * inverseWidth);
  return kind === 'continuous' ? Math.log(inverseWidth) - logSqrtTwoPi - mass : -mass;
}

/**
 * Returns an upper bound of a cell's log mass under an untruncated normal kernel: at most log 1, and at most log(width times peak
 * density).
 */
export function largestCell({ widestCell }: TpeAxis, inverseWidth: number): number {
  return Math.min(0, Math.log(widestCell * inverseWidth) - logSqrtTwoPi);
}
