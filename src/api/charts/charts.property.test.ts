import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  axes,
  columnsOf,
  completeOf,
  direction,
  expectDrawn,
  maxPoints,
  quantile,
  runs,
  seed,
  selected,
  type Trial,
  trialsArbitrary,
} from '../../../tests/fixtures/chart-studies.ts';
import { trialStates } from '../../search/trial/trial.ts';
import { cellsOf } from './axis.ts';
import { contour } from './contour.ts';
import { edf } from './edf.ts';
import { history } from './history.ts';
import { bestOf, sampleOf } from './sample.ts';
import { selectTrials } from './select.ts';
import { slice } from './slice.ts';

/** Each chart of values against the same computed slowly and plainly, on random studies; the charts of several parameters or goals: relations.property.test.ts. */

test('trials are selected by state and filter', () => {
  fc.assert(
    fc.property(trialsArbitrary, fc.subarray([...trialStates]), fc.option(fc.integer({ min: 1, max: 5 })), (trials, states, nth) => {
      const meets = nth === null ? null : Float64Array.from(trials, ({ number }) => (number % nth === 0 ? 1 : 0));
      expect([...selectTrials(columnsOf(trials), { states, meets })]).toEqual(
        trials
          .filter(({ number, state }) => state !== null && states.includes(state) && (nth === null || number % nth === 0))
          .map(({ number }) => number),
      );
    }),
    runs,
  );
});

test('a sample is the same again, of the asked size, and changes little while a study grows; the best are the best', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 300 }), seed, (n, size, of) => {
      const all = Int32Array.from({ length: n }, (_, i) => i);
      const sample = sampleOf(all, size, of);
      expect(sample).toHaveLength(Math.min(n, size));
      expect(new Set(sample).size).toBe(sample.length);
      expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
      expect(sampleOf(all, size, of)).toEqual(sample);
      const more = sampleOf(
        Int32Array.from({ length: n + 1 }, (_, i) => i),
        size,
        of,
      );
      expect([...sample].filter((number) => !more.includes(number)).length).toBeLessThanOrEqual(1);
    }),
    runs,
  );
  fc.assert(
    fc.property(trialsArbitrary, fc.integer({ min: 0, max: 80 }), fc.constantFrom(1 as const, -1 as const), (trials, n, sign) => {
      const complete = completeOf(trials);
      const plain = complete
        .toSorted((a, b) => (a.value === b.value ? a.number - b.number : sign * (a.value < b.value ? -1 : 1)))
        .slice(0, n);
      expect([...bestOf(selected(trials), columnsOf(trials).value, sign, n)]).toEqual(
        plain.map(({ number }) => number).sort((a, b) => a - b),
      );
    }),
    runs,
  );
});

test('history by time keeps the order of trials that lie ages apart', () => {
  const times = [5e15, 0, 5e15, 7, -5e15];
  const n = times.length;
  const none = new Float64Array(n).fill(Number.NaN);
  const columns = {
    ...columnsOf([]),
    n,
    state: new Uint8Array(n).fill(trialStates.indexOf('complete') + 1),
    feasible: new Uint8Array(n).fill(1),
    started: Float64Array.from(times),
    finished: none,
  };
  const figure = Float64Array.of(0, 1, 2, 3, 4);
  const trials = selectTrials(columns, { states: null, meets: null });
  const chart = history(columns, { trials, figure, direction: 'minimize', axis: 'time', maxPoints: 10 });
  expect(chart.number).toEqual([4, 1, 3, 0, 2]);
});

test('history: points, bins and the best so far', () => {
  fc.assert(
    fc.property(
      trialsArbitrary,
      direction,
      fc.constantFrom('number' as const, 'time' as const),
      maxPoints,
      (trials, towards, axis, most) => {
        const columns = columnsOf(trials);
        const numbers = selectTrials(columns, { states: null, meets: null });
        const values = Float64Array.from(trials, ({ state, value, last }) =>
          state === null ? Number.NaN : state === 'complete' ? value : last,
        );
        const chart = history(columns, { trials: numbers, figure: values, direction: towards, axis, maxPoints: most });
        const place = ({ number, finished, started }: Trial): number =>
          axis === 'number' ? number : Number.isNaN(finished) ? started : finished;
        const plain = trials
          .filter(({ number }) => !Number.isNaN(values[number]!))
          .toSorted((a, b) => place(a) - place(b) || a.number - b.number);
        expect(chart).toMatchObject({ total: trials.filter(({ state }) => state !== null).length, used: plain.length });

        const improving: Trial[] = [];
        for (const one of plain) {
          const before = improving.at(-1);
          const isBetter = before === undefined || (towards === 'minimize' ? one.value < before.value : one.value > before.value);
          if (one.state === 'complete' && one.feasible && isBetter) improving.push(one);
        }
        expect(chart.best.of).toBe(improving.length);
        if (improving.length <= most / 2)
          expect(chart.best).toEqual({
            x: improving.map(place),
            y: improving.map(({ value }) => value),
            number: improving.map(({ number }) => number),
            of: improving.length,
          });
        expect([chart.best.number[0], chart.best.number.at(-1)]).toEqual([improving[0]?.number, improving.at(-1)?.number]);

        if (plain.length <= most) {
          expect(chart).toMatchObject({
            reduced: 'none',
            shown: plain.length,
            x: plain.map(place),
            number: plain.map(({ number }) => number),
          });
          expectDrawn(
            chart.y!,
            plain.map(({ number }) => values[number]!),
          );
          return;
        }
        expect(chart).toMatchObject({ reduced: 'bins', shown: 0 });
        const bins = chart.bins!;
        expect(bins.n.length).toBeLessThanOrEqual(Math.min(200, most));
        for (const [i, x0] of bins.x0.entries()) {
          const inside = plain.filter((one) => place(one) >= x0! && place(one) < bins.x1[i]!);
          const own = inside.map(({ number }) => values[number]!);
          expect(bins.n[i]).toBe(inside.length);
          for (const [key, share] of [
            ['min', 0],
            ['q1', 0.25],
            ['median', 0.5],
            ['q3', 0.75],
            ['max', 1],
          ] as const)
            expectDrawn([bins[key][i]!], [quantile(own, share)], 5);
          const best = values[bins.numberOfBest[i]!]!;
          expect(best).toBe(towards === 'minimize' ? Math.min(...own) : Math.max(...own));
        }
        expect(bins.n.reduce((sum, n) => sum + n, 0)).toBe(plain.length);
      },
    ),
    runs,
  );
});

test('edf: the share of values that are not larger', () => {
  fc.assert(
    fc.property(trialsArbitrary, (trials) => {
      const values = completeOf(trials).map(({ value }) => value);
      const chart = edf(selected(trials), columnsOf(trials).value);
      expect(chart).toMatchObject({ total: values.length, used: values.length });
      expect(chart.value.length).toBeLessThanOrEqual(200);
      if (values.length > 0) expect([chart.share.at(-1), chart.value.length > 0]).toEqual([1, true]);
      for (const [i, value] of chart.value.entries()) {
        const near = Math.abs(value!) * 1e-5;
        const share = (bound: number): number => values.filter((one) => one <= bound).length / values.length;
        expect(chart.share[i]!).toBeGreaterThanOrEqual(share(Number.isFinite(near) ? value! - near : value!) - 1e-5);
        expect(chart.share[i]!).toBeLessThanOrEqual(share(Number.isFinite(near) ? value! + near : value!) + 1e-5);
      }
      const distinct = new Set(values);
      if (values.length <= 200) expect(chart.share).toHaveLength(distinct.size);
    }),
    runs,
  );
});

test('cells: each value is in the cell whose middle is nearest on the axis', () => {
  fc.assert(
    fc.property(trialsArbitrary, fc.constantFrom(...axes), fc.integer({ min: 4, max: 48 }), (trials, axis, most) => {
      const cells = cellsOf(axis, most);
      const to = (value: number): number => (axis.log ? Math.log(value) : value);
      expect(cells.middles).toHaveLength(cells.n);
      for (const { params } of trials) {
        const value = params[axis.name];
        if (value === undefined) continue;
        const away = cells.middles.map((middle) => Math.abs(to(middle) - to(value)));
        expect(away[cells.cellOf(value)]!).toBeLessThanOrEqual(Math.min(...away) + 1e-9);
      }
    }),
    runs,
  );
});

test('contour: the mean of each cell, empty ones null, and a sample of the trials', () => {
  fc.assert(
    fc.property(trialsArbitrary, fc.subarray(axes, { minLength: 2, maxLength: 2 }), seed, (trials, pair, of) => {
      const [across, up] = pair as unknown as [(typeof axes)[number], (typeof axes)[number]];
      const chart = contour(columnsOf(trials), {
        trials: selected(trials),
        figure: columnsOf(trials).value,
        axes: [across, up],
        cells: 8,
        seed: of,
      });
      const used = completeOf(trials).filter(({ params }) => params[across.name] !== undefined && params[up.name] !== undefined);
      expect(chart).toMatchObject({ total: completeOf(trials).length, used: used.length, shown: Math.min(300, used.length) });
      const [columns, rows] = [cellsOf(across, 8), cellsOf(up, 8)];
      for (let row = 0; row < rows.n; row++)
        for (let column = 0; column < columns.n; column++) {
          const inside = used.filter(
            ({ params }) => rows.cellOf(params[up.name]!) === row && columns.cellOf(params[across.name]!) === column,
          );
          expect(chart.n[row]![column]).toBe(inside.length);
          const mean = inside.reduce((sum, { value }) => sum + value, 0) / inside.length;
          if (inside.length === 0) expect(chart.z[row]![column]).toBeNull();
          else if (Number.isNaN(mean)) expect(chart.z[row]![column]).toBeNaN();
          else if (Number.isFinite(mean)) expect(chart.z[row]![column]).toBeCloseTo(mean, 1);
          else expect(chart.z[row]![column]).toBe(mean);
        }
      for (const [i, number] of chart.points.number.entries()) {
        expectDrawn([chart.points.x[i]!], [trials[number]!.params[across.name]!]);
        expectDrawn([chart.points.value[i]!], [trials[number]!.value]);
      }
    }),
    runs,
  );
});

test('slice: points of a sample and quartiles of all, for each parameter those that have it', () => {
  fc.assert(
    fc.property(trialsArbitrary, fc.subarray(axes, { minLength: 1 }), maxPoints, seed, (trials, some, most, of) => {
      const columns = columnsOf(trials);
      const chart = slice(columns, { trials: selected(trials), figure: columns.value, axes: some, maxPoints: most, seed: of });
      const complete = completeOf(trials);
      expect(chart.used).toBe(complete.filter(({ params }) => some.some(({ name }) => params[name] !== undefined)).length);
      for (const [k, axis] of some.entries()) {
        const own = chart.params[k]!;
        const having = complete.filter(({ params }) => params[axis.name] !== undefined);
        expect([own.name, own.used]).toEqual([axis.name, having.length]);
        expect(own.number).toHaveLength(Math.min(having.length, most, Math.floor(1500 / some.length)));
        expectDrawn(
          own.x,
          own.number.map((number) => trials[number]!.params[axis.name]!),
          axis.kind === 'float' ? 6 : 15,
        );
        expectDrawn(
          own.y,
          own.number.map((number) => trials[number]!.value),
        );
        expect(own.state).toEqual(own.number.map((number) => (trials[number]!.feasible ? 'c' : 'i')));
        const cells = cellsOf(axis, 16);
        const groups = cells.middles.map((_, cell) => having.filter(({ params }) => cells.cellOf(params[axis.name]!) === cell));
        const filled = groups.filter((group) => group.length > 0);
        expect(own.medianBand.n).toEqual(filled.map((group) => group.length));
        for (const [i, group] of filled.entries())
          if (group.length <= 2000)
            for (const [key, share] of [
              ['low', 0.25],
              ['mid', 0.5],
              ['high', 0.75],
            ] as const)
              expectDrawn(
                [own.medianBand[key][i]!],
                [
                  quantile(
                    group.map(({ value }) => value),
                    share,
                  ),
                ],
                5,
              );
      }
    }),
    runs,
  );
});
