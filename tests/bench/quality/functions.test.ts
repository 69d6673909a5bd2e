import { expect, test } from 'vitest';
import { compileFormula } from './formula.ts';
import { knownFunctions } from './known-functions.ts';
import { objectiveOf } from './objective.ts';

for (const [name, { f, minimiser, minimum }] of Object.entries(knownFunctions)) {
  const d = ['michalewicz', 'branin', 'camel', 'goldstein', 'bohachevsky'].includes(name) ? 2 : 5;
  test(`${name} has its published minimum and larger values around it`, () => {
    const at = minimiser(d);
    expect(f(at)).toBeCloseTo(minimum(d), 5);
    for (let i = 0; i < d; i++) for (const step of [-0.05, 0.05]) expect(f(at.with(i, at[i]! + step))).toBeGreaterThan(minimum(d) - 1e-6);
  });
}

const evaluate = (text: string, values: Readonly<Record<string, number>>): number => compileFormula(text, Object.keys(values))!(values);

test('formulas in mathematical notation are compiled', () => {
  const x = { x0: 0.3, x1: -1.2, x2: 2 };
  expect(evaluate('5.1/(4 pi^2) x0^2', x)).toBeCloseTo((5.1 / (4 * Math.PI ** 2)) * 0.09, 12);
  expect(evaluate('sum_i |x_i - (0.3 + 0.25 i)| + (1 if x0>x2 else 0)', x)).toBeCloseTo(0 + 1.75 + 1.2, 12);
  expect(evaluate('sum_{i=0..1} 100 (x_{i+1}-x_i^2)^2 + (1-x_i)^2', x)).toBeCloseTo(knownFunctions['rosenbrock']!.f([0.3, -1.2, 2]), 10);
  expect(evaluate('z_i = x_i - 1.5 cos(2.3 (i+1)); 10*3 + sum z_i^2 - 10 cos(2 pi z_i)', x)).toBeCloseTo(
    knownFunctions['rastrigin']!.f([0.3, -1.2, 2].map((v, i) => v - 1.5 * Math.cos(2.3 * (i + 1)))),
    10,
  );
  expect(evaluate('-20 exp(-0.2 sqrt(mean x_i^2)) - exp(mean cos(2 pi x_i)) + 20 + e', x)).toBeCloseTo(
    knownFunctions['ackley']!.f([0.3, -1.2, 2]),
    10,
  );
  expect(evaluate('1 + sum x_i^2/4000 - prod cos(x_i/sqrt(i+1))', x)).toBeCloseTo(knownFunctions['griewank']!.f([0.3, -1.2, 2]), 10);
  expect(evaluate('a=log10 lr, b=a^2; 2 a b + |sin(3 a)| - sin^2(a)', { lr: 0.01 })).toBeCloseTo(
    -16 + Math.abs(Math.sin(-6)) - Math.sin(-2) ** 2,
    12,
  );
  expect(evaluate('418 - sum x_i sin(sqrt|x_i|)', { x0: 4 })).toBeCloseTo(418 - 4 * Math.sin(2), 12);
  expect(evaluate('-2^2 + 2^-1', { x0: 0 })).toBeCloseTo(-3.5, 12);
});

test('text that is not plain mathematics is refused', () => {
  expect(compileFormula('{a: 1, b: 2}[c] + x0', ['c', 'x0'])).toBeNull();
  expect(compileFormula('the usual one', ['x0'])).toBeNull();
  expect(compileFormula('x0 + y', ['x0'])).toBeNull();
  const unknown = { space: [], formula: 'in words', optimum_if_known: null, direction: 'minimize' } as const;
  expect(objectiveOf('something', unknown)).toBeNull();
  expect(objectiveOf('ackley10_shifted', unknown)).toBeNull();
  expect(objectiveOf('ackley10', unknown)).not.toBeNull();
});
