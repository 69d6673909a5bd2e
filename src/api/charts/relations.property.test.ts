import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  axes,
  columnsOf,
  completeOf,
  direction,
  expectDrawn,
  goals,
  maxPoints,
  runs,
  seed,
  selected,
  space,
  type Trial,
  trialsArbitrary,
} from '../../../tests/fixtures/chart-studies.ts';
import { chooseCurves } from './curves.ts';
import { front } from './front.ts';
import { importanceChart } from './importance.ts';
import { answerOf } from './numbers.ts';
import { parallel } from './parallel.ts';
import { selectTrials } from './select.ts';

/** The charts of several parameters, goals or reports against the same computed slowly and plainly, on random studies. */

test('parallel: parameters that vary, the best decile and a weighted sample of the others', () => {
  fc.assert(
    fc.property(trialsArbitrary, direction, maxPoints, seed, (trials, towards, most, of) => {
      const columns = columnsOf(trials);
      const chart = parallel(columns, {
        trials: selected(trials),
        figure: columns.value,
        direction: towards,
        axes,
        named: false,
        maxPoints: most,
        seed: of,
      });
      const complete = completeOf(trials);
      const varying = axes.filter(({ name }) => new Set(complete.flatMap(({ params }) => params[name] ?? [])).size > 1);
      expect(chart.axes.map(({ name }) => name)).toEqual(varying.map(({ name }) => name));
      expect(chart).toMatchObject({ total: complete.length, used: complete.length, shown: chart.number.length, varying: varying.length });
      expect(chart.number.length).toBeLessThanOrEqual(most);
      // Every trial is stood for.
      expect(chart.weight.reduce((sum, weight) => sum + weight, 0) / Math.max(1, complete.length)).toBeCloseTo(
        Math.min(1, complete.length),
        2,
      );
      for (const { name, kind } of varying)
        expectDrawn(
          chart.columns[name]!,
          chart.number.map((number) => trials[number]!.params[name] ?? Number.NaN),
          kind === 'float' ? 4 : 15,
        );
      if (complete.length === 0) return;
      const sign = towards === 'minimize' ? 1 : -1;
      const best = complete.reduce((a, b) => (sign * b.value < sign * a.value ? b : a));
      expect(chart.number).toContain(best.number);
      expect(chart.weight[chart.number.indexOf(best.number)]).toBe(1);
    }),
    runs,
  );
});

test('front: the trials that no other dominates, and the hypervolume so far', () => {
  fc.assert(
    fc.property(trialsArbitrary, maxPoints, seed, (trials, most, of) => {
      const columns = columnsOf(trials);
      const values = [columns.value, columns.further.get('objective:risk')!];
      const chart = front(columns, { trials: selected(trials), goals, values, maxPoints: most, seed: of });
      const complete = completeOf(trials);
      const feasible = complete.filter((one) => one.feasible);
      const beats = (a: Trial, b: Trial): boolean =>
        a.value >= b.value && a.second <= b.second && (a.value > b.value || a.second < b.second);
      const best = feasible.filter((one) => !feasible.some((other) => beats(other, one))).map(({ number }) => number);
      expect(chart).toMatchObject({ total: complete.length, used: complete.length, size: best.length, shown: chart.points.number.length });
      expect(chart.points.number.length).toBeLessThanOrEqual(most);
      for (const [i, number] of chart.points.number.entries()) {
        expect(chart.points.onFront[i]).toBe(best.includes(number));
        expect(chart.points.feasible[i]).toBe(trials[number]!.feasible);
      }
      if (complete.length <= most) expect(chart.points.number).toEqual(complete.map(({ number }) => number));
      // The area by a sweep over what was better than the reference.
      const area = (until: number): number => {
        const inside = feasible
          .filter(({ number, value, second }) => number <= until && value > 0 && second < 1)
          .toSorted((a, b) => b.value - a.value);
        let [sum, low] = [0, 1];
        for (const one of inside) {
          if (one.second >= low) continue;
          sum += one.value * (low - one.second);
          low = one.second;
        }
        return sum;
      };
      for (const [i, number] of chart.hypervolume!.number.entries()) {
        const [ours, plain] = [chart.hypervolume!.value[i]!, area(number)];
        if (Number.isFinite(plain)) expect(ours).toBeCloseTo(plain, 6);
        else expect(ours).toBe(plain);
      }
    }),
    runs,
  );
});

test('importance: of complete trials with finite values, whatever else there is', () => {
  fc.assert(
    fc.property(trialsArbitrary, seed, (trials, of) => {
      const columns = columnsOf(trials);
      const asked = {
        space,
        directions: ['minimize'],
        objectiveKeys: [],
        method: 'ped-anova',
        trials: selected(trials),
        seed: of,
      } as const;
      const chart = importanceChart(columns, asked);
      const finite = completeOf(trials).filter(({ value }) => Number.isFinite(value));
      expect(chart).toMatchObject({ total: completeOf(trials).length, used: finite.length, trialsUsed: finite.length, reduced: 'none' });
      if (finite.length > 0) expect(chart.items.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 6);
      // Trials without a value change nothing.
      const kept = trials.map((one) => (Number.isFinite(one.value) ? one : { ...one, state: null }));
      expect(importanceChart(columnsOf(kept), { ...asked, trials: selected(kept) }).items).toEqual(chart.items);
    }),
    { numRuns: 15 },
  );
});

test('curves: the best and some others are chosen', () => {
  fc.assert(
    fc.property(trialsArbitrary, direction, seed, (trials, towards, of) => {
      const columns = columnsOf(trials);
      const figures = Float64Array.from(trials, ({ value, last, state }) => (state === 'complete' ? value : last));
      const numbers = selectTrials(columns, { states: null, meets: null });
      const chosen = chooseCurves(columns, {
        trials: numbers,
        figure: figures,
        direction: towards,
        numbers: null,
        top: 5,
        random: 4,
        seed: of,
      });
      const reported = trials.filter(({ state, last }) => state !== null && !Number.isNaN(last));
      expect([chosen.total, chosen.reported]).toEqual([numbers.length, reported.length]);
      expect(chosen.lines.size).toBe(Math.min(9, reported.length));
      const sign = towards === 'minimize' ? 1 : -1;
      const least = reported.reduce<number | null>(
        (best, { number }) => (best === null || sign * figures[number]! < sign * figures[best]! ? number : best),
        null,
      );
      if (least !== null) expect([...chosen.lines.keys()]).toContain(least);
    }),
    runs,
  );
});

test('an answer holds no number that JSON has not, and says where one was', () => {
  const chart = answerOf({ y: [1, Number.POSITIVE_INFINITY, null], part: [{ low: Number.NaN }], high: Number.NEGATIVE_INFINITY });
  expect(chart).toEqual({
    y: [1, null, null],
    part: [{ low: null }],
    high: null,
    nonFinite: { 'y.1': 'Infinity', 'part.0.low': 'NaN', high: '-Infinity' },
  });
});
