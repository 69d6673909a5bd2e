import { float, int } from '../../../../src/search/space/builders.ts';
import { compileSpace } from '../../../../src/search/space/compile.ts';
import type { SpaceShape } from '../../../../src/search/space/param.ts';
import { knownFunctions } from '../known-functions.ts';
import { generatedFunction } from './generated.ts';
import type { BaseFunction } from './problem.ts';

/** Functions that every family of noise is measured on. */
export function baseFunctions(): readonly BaseFunction[] {
  return [
    known('branin', { x0: float(-5, 10), x1: float(0, 15) }),
    known('levy', { x0: float(-8, 10), x1: float(-10, 6), x2: float(-5, 5), x3: float(-9, 8) }),
    known('ackley', { x0: float(-12, 20), x1: float(-20, 15), x2: float(-9, 16), x3: float(-14, 11), x4: float(-16, 18) }),
    walkForward(),
    { ...generatedFunction('noise families', 6), name: 'mixed6' },
  ];
}

function known(key: string, shape: SpaceShape): BaseFunction {
  const { f, minimiser, minimum } = knownFunctions[key]!;
  const names = Object.keys(shape);
  return {
    name: `${key}${names.length}`,
    space: compileSpace(shape),
    truth: (params) => f(names.map((name) => Number(params[name]))),
    minimiser: Object.fromEntries(minimiser(names.length).map((value, i) => [names[i]!, value])),
    minimum: minimum(names.length),
  };
}

/**
 * A loss as a walk-forward of a trading agent shows it: one valley in log scales that turns with the window, a floor where nothing is
 * learnt, and a penalty for trading often.
 */
function walkForward(): BaseFunction {
  return {
    name: 'walk_forward4',
    space: compileSpace({
      lr: float(1e-5, 1e-1, { log: true }),
      window: int(4, 256, { log: true }),
      threshold: float(0, 1),
      decay: float(0.9, 0.9999),
    }),
    truth: (params) => {
      const rate = Math.log10(Number(params['lr'])) + 3;
      const length = Math.log2(Number(params['window']) / 48);
      const threshold = Number(params['threshold']);
      const edge = Math.exp(-0.5 * (rate ** 2 + 0.4 * (length - 0.8 * rate) ** 2) - 2 * (threshold - 0.3 - 0.1 * length) ** 2);
      const turnover = 0.15 * Math.max(0, 0.3 - threshold) + 12 * (Number(params['decay']) - 0.985) ** 2;
      return 1 - edge + turnover;
    },
    minimiser: { lr: 1e-3, window: 48, threshold: 0.3, decay: 0.985 },
    minimum: 0,
  };
}
