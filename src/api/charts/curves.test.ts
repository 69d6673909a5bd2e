import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectDrawn, figure, quantile } from '../../../tests/fixtures/chart-studies.ts';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { withoutTriggers } from '../../../tests/fixtures/without-triggers.ts';
import { readChartBand, readChartLines } from '../../storage/readers/chart-curves.ts';
import { curves, pointsOfLine } from './curves.ts';
import { keptPlaces } from './kept-places.ts';

const database = useDatabase();

/** Reports of one trial: steps with gaps, and values with NaN and infinities among them. */
const curve = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.oneof(figure, fc.constant(Number.NaN))), { maxLength: 60 })
  .map((reports) => {
    let step = 0;
    return reports.map(([gap, value]) => {
      step += gap;
      // A negative zero is none in JSON.
      return { step, value: value + 0 };
    });
  });

const wanted = { axis: 'step', metric: null } as const;

test('curves are thinned by the database as they are plainly, without losing a peak, and so are the deciles of all', async () => {
  const trials = 12;
  const { id, name } = await studyWith(
    database.db,
    Array.from({ length: trials }, (_, i) => ({ outcome: complete(i) })),
  );
  const numbers = Array.from({ length: trials }, (_, i) => i);
  await fc.assert(
    fc.asyncProperty(fc.array(curve, { minLength: trials, maxLength: trials }), fc.integer({ min: 4, max: 80 }), async (all, most) => {
      const rows = all.flatMap((reports, number) => reports.map(({ step, value }) => ({ number, step, value: String(value) })));
      await withoutTriggers(
        database.db,
        'reports',
        sql`delete from reports where trial_id in (select id from trials where study_id = ${id})`,
      );
      await withoutTriggers(
        database.db,
        'reports',
        sql`
        insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
        select trials.id, 1, step, given.value::float8, array['m'], array[-given.value::float8]
        from json_to_recordset(${JSON.stringify(rows)}::json) as given (number int, step int, value text)
          join trials on study_id = ${id} and trials.number = given.number`,
      );
      for (const metric of [null, 'm']) {
        const sign = metric === null ? 1 : -1;
        const plain = all.map((reports) => reports.map(({ step, value }) => ({ step, value: sign * value })));
        const reported = numbers.filter((number) => plain[number]!.length > 0);
        const lines = await readChartLines(database.db, id, numbers, { ...wanted, metric }, most);
        expect(lines.map(({ number, reports }) => [number, reports])).toEqual(reported.map((number) => [number, plain[number]!.length]));
        for (const { number, places, values } of lines) {
          const own = plain[number]!;
          const kept = keptPlaces({ values: Float64Array.from(own, ({ value }) => value) }, most).map((i) => own[i]!);
          expect([...places]).toEqual(kept.map(({ step }) => step));
          expect([...values]).toEqual(kept.map(({ value }) => value));
        }
        const band = await readChartBand(database.db, id, numbers, { ...wanted, metric }, most);
        expect(band).toEqual({ trials: reported.length, steps: plainBand(plain, most) });
      }
    }),
    { numRuns: 25 },
  );
  expect((await readChartLines(database.db, id, [], wanted, 10)).length, name).toBe(0);
  expect(await readChartBand(database.db, id, [], wanted, 10)).toEqual({ trials: 0, steps: [] });
});

/** Each distinct step, or of more than `most` each of as many equal bins; a trial counts with its last value there, unless it is NaN. */
function plainBand(all: readonly (readonly { readonly step: number; readonly value: number }[])[], most: number) {
  const distinct = [...new Set(all.flat().map(({ step }) => step))].sort((a, b) => a - b);
  const [low, high] = [distinct[0]!, distinct.at(-1)!];
  const binOf = (step: number): number =>
    distinct.length <= most ? step : Math.min(most - 1, Math.floor(((step - low) / (high - low)) * most));
  return [...new Set(distinct.map(binOf))].flatMap((bin) => {
    const values = all.flatMap((reports) => {
      const last = reports.filter(({ step }) => binOf(step) === bin).at(-1);
      return last === undefined || Number.isNaN(last.value) ? [] : [last.value];
    });
    const end = Math.max(...distinct.filter((step) => binOf(step) === bin));
    return values.length === 0 ? [] : [{ end, sorted: Float64Array.from(values).sort() }];
  });
}

test('lines are drawn to six digits, end where their trials ended, and share the points of an answer', () => {
  const line = (number: number, values: readonly number[]) => ({
    ...{ number, attempt: 1, reports: 1000, places: Float64Array.from(values, (_, i) => 10 * i) },
    values: Float64Array.from(values),
  });
  const chosen = {
    ...{ total: 9, reported: 7, band: new Int32Array(0) },
    lines: new Map([
      [3, 'c' as const],
      [5, 'r' as const],
    ]),
  };
  const sorted = [Float64Array.of(1, 2, 3, 10), Float64Array.of(5)];
  const band = { trials: 4, steps: sorted.map((one, i) => ({ end: i + 1, sorted: one })) };
  const chart = curves(chosen, { lines: [line(3, [1 / 3, Number.NaN]), line(5, [2])], band });
  expect(chart).toMatchObject({
    ...{ total: 9, used: 7, shown: 2, reduced: 'sample' },
    curves: [
      { number: 3, state: 'c', step: [0, 10], value: [0.333333, Number.NaN], reports: 1000, endedAt: 10 },
      { number: 5, state: 'r', step: [0], value: [2] },
    ],
    band: { step: [1, 2], n: [4, 1], trials: 4, of: 7 },
  });
  expect(chart.curves[1]).not.toHaveProperty('endedAt');
  for (const [key, share] of [
    ['q10', 0.1],
    ['q50', 0.5],
    ['q90', 0.9],
  ] as const)
    expectDrawn(
      chart.band[key],
      sorted.map((one) => quantile([...one], share)),
      5,
    );
  expect(
    [1, 20, 40, 200].map((n) => pointsOfLine({ ...chosen, lines: new Map(Array.from({ length: n }, (_, i) => [i, 'c'])) }, 200)),
  ).toEqual([200, 130, 65, 13]);
});
