import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSpace } from '../../search/space/compile.ts';
import { trialStates } from '../../search/trial/trial.ts';
import { axisOf, cellsOf, paramKey } from './axis.ts';
import type { TrialColumns } from './columns.ts';
import { contour } from './contour.ts';
import { chooseCurves, curves, keptPlaces } from './curves.ts';
import { edf } from './edf.ts';
import { front } from './front.ts';
import { history } from './history.ts';
import { importanceChart } from './importance.ts';
import { answerOf } from './numbers.ts';
import { parallel } from './parallel.ts';
import { bestOf, sampleOf } from './sample.ts';
import { selectTrials } from './select.ts';
import { slice } from './slice.ts';

/** Each chart against the same computed slowly and plainly, on random studies: states mixed, ties, infinities, missing values, branches. */

const space = compileSpace({
  lr: { type: 'float', low: 1e-5, high: 1, log: true },
  layers: { type: 'int', low: 1, high: 4 },
  width: { type: 'int', low: 1, high: 512, log: true },
  act: { type: 'choice', choices: ['relu', null, 3, true] },
  opt: { type: 'branch', cases: { adam: { beta1: { type: 'float', low: 0, high: 1 } }, sgd: {} } },
});
const axes = space.params.map(axisOf);
const goals = [
  { name: 'gain', direction: 'maximize', reference: 0 },
  { name: 'risk', direction: 'minimize', reference: 1 },
] as const;

interface Trial {
  readonly number: number;
  readonly state: (typeof trialStates)[number] | null;
  readonly feasible: boolean;
  readonly value: number;
  readonly second: number;
  readonly last: number;
  readonly params: Readonly<Record<string, number>>;
  readonly started: number;
  readonly finished: number;
}

/** Few distinct values, so that ties are usual. */
const figure = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -40, max: 40 }).map((value) => value / 8) },
  { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);

const trial = fc.record({
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant('complete' as const) },
    { weight: 4, arbitrary: fc.constantFrom(...trialStates) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  feasible: fc.boolean(),
  value: figure,
  second: figure,
  last: fc.oneof(figure, fc.constant(Number.NaN)),
  unit: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 6, maxLength: 6 }),
  started: fc.integer({ min: 0, max: 50_000 }),
  took: fc.integer({ min: 0, max: 1000 }),
});

/** 0 to 3,000 trials: of some random ones each is repeated with other parameters, as long lists of random ones are slow to make. */
const trialsArbitrary: fc.Arbitrary<readonly Trial[]> = fc
  .tuple(fc.array(trial, { maxLength: 120 }), fc.constantFrom(1, 1, 2, 25))
  .map(([some, times]) =>
    Array.from({ length: some.length * times }, (_, number): Trial => {
      const { unit, took, state, value, ...given } = some[number % some.length]!;
      const places = unit.map((x) => (x + (Math.floor(number / some.length) * Math.SQRT2) / 3) % 1);
      const isOver = state !== null && !['queued', 'running', 'paused'].includes(state);
      return {
        ...given,
        ...{ number, state },
        value: state === 'complete' ? value : Number.NaN,
        second: state === 'complete' ? given.second : Number.NaN,
        finished: isOver ? given.started + took : Number.NaN,
        params: {
          lr: 1e-5 ** (1 - places[0]!),
          layers: 1 + Math.floor(4 * places[1]!),
          width: Math.round(512 ** places[2]!),
          act: Math.floor(4 * places[3]!),
          opt: Math.floor(2 * places[4]!),
          ...(places[4]! < 0.5 && { 'opt.adam.beta1': places[5]! }),
        },
      };
    }),
  );

function columnsOf(trials: readonly Trial[]): TrialColumns {
  const doubles = (of: (trial: Trial) => number): Float64Array =>
    Float64Array.from(trials, (one) => (one.state === null ? Number.NaN : of(one)));
  return {
    n: trials.length,
    state: Uint8Array.from(trials, ({ state }) => (state === null ? 0 : trialStates.indexOf(state) + 1)),
    feasible: Uint8Array.from(trials, ({ feasible }) => (feasible ? 1 : 0)),
    value: doubles(({ value }) => value),
    last: doubles(({ last }) => last),
    lastStep: doubles(({ last }) => (Number.isNaN(last) ? Number.NaN : 3)),
    started: doubles(({ started }) => started),
    finished: doubles(({ finished }) => finished),
    further: new Map([
      ...space.params.map(({ name }) => [paramKey(name), doubles(({ params }) => params[name] ?? Number.NaN)] as const),
      ['objective:risk', doubles(({ second }) => second)],
    ]),
  };
}

const seed = fc.integer({ min: 1, max: 1e6 });
const maxPoints = fc.constantFrom(10, 50, 200, 1000);
const direction = fc.constantFrom('minimize' as const, 'maximize' as const);
const runs = { numRuns: 60 };

/** What a chart draws of complete trials. */
const completeOf = (trials: readonly Trial[]): readonly Trial[] => trials.filter(({ state }) => state === 'complete');
const selected = (trials: readonly Trial[]): Int32Array => selectTrials(columnsOf(trials), { states: ['complete'], meets: null });

/** Equal to the precision of a drawing: six digits of the value, or a millionth of the range. */
function expectDrawn(drawn: readonly (number | null)[], plain: readonly number[], digits = 6): void {
  expect(drawn).toHaveLength(plain.length);
  for (const [i, value] of plain.entries()) {
    if (Number.isNaN(value)) expect(drawn[i]).toBeNull();
    else if (!Number.isFinite(value)) expect(drawn[i]).toBe(value);
    // The last term is for two ways to interpolate, which differ where values of opposite signs cancel.
    else expect(Math.abs(drawn[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 10 ** (1 - digits) * 0.5000001 + 1e-9);
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const place = (sorted.length - 1) * share;
  const [a, b] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  if (a === b || place % 1 === 0 || a === Number.NEGATIVE_INFINITY) return a;
  return b === Number.POSITIVE_INFINITY ? b : a + (b - a) * (place % 1);
}

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

test('front: who is dominated by nobody, and the hypervolume so far', () => {
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
