import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  axes,
  columnsOf,
  completeOf,
  direction,
  expectDrawn,
  figure,
  goals,
  maxPoints,
  quantile,
  runs,
  seed,
  selected,
  space,
  type Trial,
  trialsArbitrary,
} from '../../../tests/fixtures/chart-studies.ts';
import { chooseCurves, curves, keptPlaces } from './curves.ts';
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

test('curves: the best and some others, thinned without losing a peak, and the deciles of all', () => {
  const curve = fc.array(fc.oneof(figure, fc.constant(Number.NaN)), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(curve, { minLength: 1, maxLength: 40 }), fc.integer({ min: 10, max: 80 }), (all, maxSteps) => {
      const read = all.map((values, number) => ({
        number,
        attempt: 1,
        places: Float64Array.from(values, (_, i) => i + 1),
        values: Float64Array.from(values),
      }));
      const chosen = {
        total: all.length,
        reported: all.length,
        lines: new Map(read.map(({ number }) => [number, 'c' as const])),
        band: new Int32Array(0),
      };
      const chart = curves(chosen, { lines: read, band: read }, maxSteps);
      for (const [k, { step, value, endedAt, reports }] of chart.curves.entries()) {
        const own = all[k]!;
        expect([endedAt, reports]).toEqual([own.length, own.length]);
        expect(step.length).toBeLessThanOrEqual(Math.max(4, maxSteps));
        for (const [i, at] of step.entries()) {
          const plain = own[at! - 1]!;
          if (Number.isFinite(plain)) expectDrawn([value[i]!], [plain], 5);
          else expect(value[i]).toBe(plain);
        }
        const known = own.filter((one) => !Number.isNaN(one));
        if (known.length > 0) {
          const kept = keptPlaces({ values: Float64Array.from(own) }, Math.max(4, maxSteps))
            .map((at) => own[at]!)
            .filter((one) => !Number.isNaN(one));
          expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...known), Math.max(...known)]);
        }
      }
      const longest = Math.max(...all.map((own) => own.length));
      if (longest > maxSteps) return;
      const reached = Array.from({ length: longest }, (_, i) =>
        all.flatMap((own) => (own.length > i && !Number.isNaN(own[i]!) ? [own[i]!] : [])),
      );
      const filled = reached.flatMap((values, i) => (values.length > 0 ? [{ step: i + 1, values }] : []));
      expect(chart.band.step).toEqual(filled.map(({ step }) => step));
      expect(chart.band.n).toEqual(filled.map(({ values }) => values.length));
      for (const [key, share] of [
        ['q10', 0.1],
        ['q50', 0.5],
        ['q90', 0.9],
      ] as const)
        for (const [i, { values }] of filled.entries()) expectDrawn([chart.band[key][i]!], [quantile(values, share)], 5);
    }),
    runs,
  );
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
