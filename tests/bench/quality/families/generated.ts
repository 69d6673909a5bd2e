import { createRng, type Rng } from '../../../../src/core/rng.ts';
import { branch, choice, float, int } from '../../../../src/search/space/builders.ts';
import { compileSpace } from '../../../../src/search/space/compile.ts';
import type { FlatParams, Param, SpaceShape } from '../../../../src/search/space/param.ts';
import type { BaseFunction } from './problem.ts';

/** One parameter of a generated function: where its best value lies and what it costs to be elsewhere. */
interface Factor {
  readonly name: string;
  readonly best: FlatParams[string];
  /** Place of a value: 0 at the best one, about 1 apart at the ends of the range; of a choice, its own cost. */
  readonly offset: (value: FlatParams[string]) => number;
  readonly weight: number;
  readonly ripples: number;
  readonly periods: number;
  readonly sharpness: number;
  readonly choice: boolean;
}

/**
 * Draws a function of `size` parameters with minimum 0 from a seed: floats and integers, some logarithmic, choices and at most one branch.
 * Weights fall off, so that few parameters matter much; pairs interact; some parameters have ripples; the whole is bent, so that it is
 * neither a quadratic nor a sum.
 */
export function generatedFunction(seed: string | number, size: number): BaseFunction {
  const rng = createRng(`generated function ${seed} ${size}`);
  const factors: Factor[] = [];
  const shape: Record<string, Param> = {};
  const draw = (name: string, own: Rng): Param => {
    const { param, factor } = drawParam(name, own);
    factors.push(factor);
    return param;
  };
  const branched = size >= 4 && rng.uniform() < 0.5;
  const inBranch = branched ? Math.max(2, Math.floor(size / 3)) : 0;
  for (let i = 0; i < size - inBranch - Number(branched); i++) shape[`p${i}`] = draw(`p${i}`, rng.fork(i));
  const shared = factors.length;
  const floors: Record<string, number> = {};
  let bestCase: string | null = null;
  if (branched) {
    const cases: Record<string, SpaceShape> = {};
    for (let c = 0; c < 2; c++) {
      const names = Array.from({ length: c === 0 ? Math.ceil(inBranch / 2) : Math.floor(inBranch / 2) }, (_, i) => `q${c}${i}`);
      cases[`case${c}`] = Object.fromEntries(names.map((name) => [name, draw(`kind.case${c}.${name}`, rng.fork(name))]));
    }
    shape['kind'] = branch(cases);
    bestCase = `case${rng.int(2)}`;
    for (const name of Object.keys(cases)) floors[name] = name === bestCase ? 0 : 0.05 + 0.25 * rng.uniform();
  }
  const pairs = Array.from({ length: Math.floor(shared / 2) }, () => ({
    a: rng.int(shared),
    b: rng.int(shared),
    correlation: 1.6 * rng.uniform() - 0.8,
  }));
  const bend = 0.3 + 2 * rng.uniform();

  const truth = (params: FlatParams): number => {
    let sum = 0;
    const z = factors.map(({ name, offset }) => (params[name] === undefined ? 0 : offset(params[name])));
    factors.forEach(({ weight, ripples, periods, sharpness, choice: chosen }, j) => {
      const at = z[j]!;
      sum += weight * (chosen ? at : Math.abs(at) ** sharpness + ripples * (1 - Math.cos(2 * Math.PI * periods * at)));
    });
    for (const { a, b, correlation } of pairs) {
      const [one, other] = [factors[a]!, factors[b]!];
      if (a !== b && !one.choice && !other.choice)
        sum += Math.sqrt(one.weight * other.weight) * Math.max(0, z[a]! ** 2 + z[b]! ** 2 + 2 * correlation * z[a]! * z[b]!);
    }
    const floor = bestCase === null ? 0 : floors[String(params['kind'])]!;
    return floor + sum / (1 + bend * sum);
  };
  const chosen = factors.filter(({ name }) => !name.startsWith('kind.') || name.startsWith(`kind.${bestCase}.`));
  const minimiser = Object.fromEntries([
    ...(bestCase === null ? [] : [['kind', bestCase]]),
    ...chosen.map(({ name, best }) => [name, best]),
  ]) as FlatParams;
  return { name: `generated${size}_${seed}`, space: compileSpace(shape), truth, minimiser, minimum: 0 };
}

function drawParam(name: string, rng: Rng): { readonly param: Param; readonly factor: Factor } {
  const kind = rng.uniform();
  const common = { name, weight: Math.exp(-2.5 * rng.uniform()), ripples: rng.uniform() < 0.3 ? 0.15 * rng.uniform() : 0 };
  const shaped = { ...common, periods: 1 + 3 * rng.uniform(), sharpness: 1.2 + 1.3 * rng.uniform() };
  if (kind < 0.2) {
    const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + rng.int(4));
    const best = rng.int(names.length);
    const costs = names.map((_, i) => (i === best ? 0 : 0.05 + 0.5 * rng.uniform()));
    return {
      param: choice(names),
      factor: { ...shaped, best: names[best]!, choice: true, offset: (value) => costs[names.indexOf(String(value))]! },
    };
  }
  if (kind < 0.4) {
    const high = 3 + rng.int(60);
    const best = 1 + rng.int(high);
    return { param: int(1, high), factor: { ...shaped, best, choice: false, offset: (value) => (Number(value) - best) / high } };
  }
  const best = 0.05 + 0.9 * rng.uniform();
  if (kind < 0.6) {
    const decades = 2 + 3 * rng.uniform();
    const low = 10 ** -decades;
    const offset = (value: FlatParams[string]): number => (Math.log10(Number(value)) + decades) / decades - best;
    return { param: float(low, 1, { log: true }), factor: { ...shaped, best: 10 ** (decades * (best - 1)), choice: false, offset } };
  }
  const [low, width] = [10 * rng.normal(), Math.exp(2 * rng.normal())];
  const offset = (value: FlatParams[string]): number => (Number(value) - low) / width - best;
  return { param: float(low, low + width), factor: { ...shaped, best: low + best * width, choice: false, offset } };
}
