import { branin } from './surrogates.ts';

/** A test function of a vector, with a minimiser to check it by. */
export interface KnownFunction {
  readonly f: (x: readonly number[]) => number;
  readonly minimiser: (d: number) => readonly number[];
  readonly minimum: (d: number) => number;
}

const { PI, cos, sin, exp, sqrt, abs, E } = Math;
const sum = (x: readonly number[], f: (value: number, i: number) => number): number =>
  x.reduce((total, value, i) => total + f(value, i), 0);
const all =
  (value: number) =>
  (d: number): readonly number[] =>
    Array.from({ length: d }, () => value);
const zero = (): number => 0;

/**
 * Functions by the prefix of a function file's name, for files whose formula is not plain mathematics. Definitions as in Surjanovic and
 * Bingham's virtual library of simulation experiments.
 */
export const knownFunctions: Readonly<Record<string, KnownFunction>> = {
  branin: { f: ([x0, x1]) => branin(x0!, x1!), minimiser: () => [PI, 2.275], minimum: () => 0.39788735772973816 },
  sphere: { f: (x) => sum(x, (v) => v * v), minimiser: all(0), minimum: zero },
  ellipsoid: { f: (x) => sum(x, (v, i) => (i + 1) * v * v), minimiser: all(0), minimum: zero },
  rastrigin: { f: (x) => sum(x, (v) => v * v - 10 * cos(2 * PI * v) + 10), minimiser: all(0), minimum: zero },
  ackley: {
    f: (x) => -20 * exp(-0.2 * sqrt(sum(x, (v) => v * v) / x.length)) - exp(sum(x, (v) => cos(2 * PI * v)) / x.length) + 20 + E,
    minimiser: all(0),
    minimum: zero,
  },
  griewank: {
    f: (x) => 1 + sum(x, (v) => (v * v) / 4000) - x.reduce((product, v, i) => product * cos(v / sqrt(i + 1)), 1),
    minimiser: all(0),
    minimum: zero,
  },
  levy: {
    f: (x) => {
      const w = x.map((v) => 1 + (v - 1) / 4);
      const last = w.at(-1)!;
      const inner = sum(w.slice(0, -1), (v) => (v - 1) ** 2 * (1 + 10 * sin(PI * v + 1) ** 2));
      return sin(PI * w[0]!) ** 2 + inner + (last - 1) ** 2 * (1 + sin(2 * PI * last) ** 2);
    },
    minimiser: all(1),
    minimum: zero,
  },
  rosenbrock: {
    f: (x) => sum(x.slice(0, -1), (v, i) => 100 * (x[i + 1]! - v * v) ** 2 + (1 - v) ** 2),
    minimiser: all(1),
    minimum: zero,
  },
  schwefel: { f: (x) => sum(x, (v) => 418.9828872724339 - v * sin(sqrt(abs(v)))), minimiser: all(420.968746), minimum: zero },
  styblinski: {
    f: (x) => 0.5 * sum(x, (v) => v ** 4 - 16 * v * v + 5 * v),
    minimiser: all(-2.903534),
    minimum: (d) => -39.16616570377142 * d,
  },
  zakharov: {
    f: (x) => {
      const s = sum(x, (v, i) => 0.5 * (i + 1) * v);
      return sum(x, (v) => v * v) + s ** 2 + s ** 4;
    },
    minimiser: all(0),
    minimum: zero,
  },
  dixon: {
    f: (x) => (x[0]! - 1) ** 2 + sum(x.slice(1), (v, i) => (i + 2) * (2 * v * v - x[i]!) ** 2),
    minimiser: (d) => Array.from({ length: d }, (_, i) => 2 ** (-(2 ** (i + 1) - 2) / 2 ** (i + 1))),
    minimum: zero,
  },
  camel: {
    f: ([x, y]) => (4 - 2.1 * x! ** 2 + x! ** 4 / 3) * x! ** 2 + x! * y! + (-4 + 4 * y! ** 2) * y! ** 2,
    minimiser: () => [0.0898420131, -0.712656403],
    minimum: () => -1.0316284534898774,
  },
  goldstein: {
    f: ([x, y]) =>
      (1 + (x! + y! + 1) ** 2 * (19 - 14 * x! + 3 * x! ** 2 - 14 * y! + 6 * x! * y! + 3 * y! ** 2)) *
      (30 + (2 * x! - 3 * y!) ** 2 * (18 - 32 * x! + 12 * x! ** 2 + 48 * y! - 36 * x! * y! + 27 * y! ** 2)),
    minimiser: () => [0, -1],
    minimum: () => 3,
  },
  bohachevsky: {
    f: ([x, y]) => x! ** 2 + 2 * y! ** 2 - 0.3 * cos(3 * PI * x!) - 0.4 * cos(4 * PI * y!) + 0.7,
    minimiser: all(0),
    minimum: zero,
  },
  michalewicz: {
    f: (x) => -sum(x, (v, i) => sin(v) * sin(((i + 1) * v * v) / PI) ** 20),
    minimiser: () => [2.20290552, PI / 2],
    minimum: () => -1.8013034100985537,
  },
};
