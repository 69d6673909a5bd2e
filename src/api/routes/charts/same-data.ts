import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { AssayError } from '../../../core/errors.ts';
import { findStudy } from '../../../storage/readers/find.ts';
import { validatedOnSameData } from '../../../storage/readers/same-data.ts';
import { readValidation } from '../../../storage/validations/read-validation.ts';
import { axisOf, paramColumn, paramsOf } from '../../charts/axis.ts';
import { type ChartSource, drawTrials } from '../../charts/figure.ts';
import { drawn } from '../../charts/numbers.ts';
import { type OutOfSample, outOfSample } from '../../charts/out-of-sample.ts';
import { addChart } from './add-chart.ts';
import {
  axisSchema,
  type ChartAxis,
  chartPart,
  count,
  countsSchema,
  judgedMetricQuery,
  numberOf,
  numbersSchema,
  paramSchema,
} from './common.ts';

export const sameDataChartSchema = z
  .object({
    ...chartPart,
    metric: z.string(),
    axis: axisSchema.openapi({ description: 'Of this study' }),
    studies: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'That read the same data and have validated trials with the parameter; this one first' }),
    asked: count.openapi({ description: 'Studies whose validated trials were read: this one and the newest others' }),
    onSameData: count.openapi({ description: 'This study and all others with validations on the same data' }),
    study: countsSchema.openapi({ description: 'Place in `studies`' }),
    number: countsSchema,
    x: numbersSchema.openapi({ description: 'The parameter' }),
    outOfSample: numbersSchema,
    low: numbersSchema,
    high: numbersSchema,
    without: countsSchema.openapi({
      description: 'Evaluations of a seed on a fold without the figure; `low` and `high` are of the others',
    }),
    unknown: count.openapi({
      description: 'Validated trials with the parameter whose figure is not known: an evaluation has none, or NaN',
    }),
    others: count.openapi({
      description: 'Validated trials on the same data without the parameter, or with a value this study does not know',
    }),
  })
  .openapi('SameDataChart');

export type SameDataChart = z.infer<typeof sameDataChartSchema>;

/** Points, and studies that are asked: validated trials are few. Of more the newest are kept. */
const mostPoints = 1000;
const mostStudies = 50;

export function addSameDataChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'same-data',
    operationId: 'chartSameData',
    summary: 'A parameter against what validated trials showed out of sample, over all studies on the same data',
    query: { param: paramSchema, ...judgedMetricQuery },
    answer: sameDataChartSchema,
  };
  addChart(
    app,
    source,
    route,
    (name, query) => sameData(source, name, query),
    () => ({ evaluated: true, sameData: true }),
  );
}

interface Found {
  readonly study: string;
  readonly number: number;
  readonly x: number;
  readonly seen: OutOfSample;
}

async function sameData(
  source: ChartSource,
  name: string,
  { param, metric }: { readonly param: string; readonly metric: string },
): Promise<SameDataChart> {
  const study = await findStudy(source.db, name);
  const axis = axisOf(paramsOf(study, [param], 'param')[0]!);
  const others = await validatedOnSameData(source.db, study.id, mostStudies - 1);
  const names = [name, ...others.names];
  const found: Found[] = [];
  let [validated, unknown, revision] = [0, 0, 0];
  for (const one of names) {
    const { items } = await readValidation(source.db, one);
    validated += items.length;
    const known = await placesOf(source, one, axis);
    if (one === name) revision = known.revision;
    const newestFirst = items.map((item) => ({ item, number: numberOf(item.address) })).sort((a, b) => b.number - a.number);
    for (const { item, number } of newestFirst) {
      const seen = outOfSample(item, metric);
      const x = known.of(number);
      if (Number.isNaN(x)) continue;
      if (Number.isNaN(seen.mean)) unknown += 1;
      else found.push({ study: one, number, x, seen });
    }
  }
  const shown = found.slice(0, mostPoints);
  const studies = names.filter((one) => one === name || shown.some((point) => point.study === one));
  return {
    ...{ revision, total: validated, used: found.length, shown: shown.length },
    reduced: shown.length < found.length ? 'sample' : 'none',
    ...{ metric, axis, studies, asked: names.length, onSameData: 1 + others.total },
    ...{ others: validated - found.length - unknown, unknown },
    study: shown.map((point) => studies.indexOf(point.study)),
    number: shown.map(({ number }) => number),
    x: drawn(shown.map(({ x }) => x)),
    outOfSample: drawn(shown.map(({ seen }) => seen.mean)),
    low: drawn(shown.map(({ seen }) => seen.low)),
    high: drawn(shown.map(({ seen }) => seen.high)),
    without: shown.map(({ seen }) => seen.without),
  };
}

/** Places on this study's axis of the trials of a study; NaN for those that have none there. */
async function placesOf(
  source: ChartSource,
  name: string,
  axis: ChartAxis,
): Promise<{ readonly revision: number; readonly of: (number: number) => number }> {
  const study = await findStudy(source.db, name);
  const own = sameKind(paramOf(study, axis.name), axis);
  if (own === null) return { revision: 0, of: () => Number.NaN };
  return drawTrials(
    source,
    name,
    {},
    ['complete'],
    () => [paramColumn(study, { name: axis.name })],
    ({ columns, revision, trials }) => {
      const column = columns.further.get(`param:${axis.name}`)!;
      const places = new Map(Array.from(trials, (number) => [number, column[number]!] as const));
      return { revision, of: (number) => translated(places.get(number) ?? Number.NaN, own, axis) };
    },
  );
}

function paramOf(study: Awaited<ReturnType<typeof findStudy>>, name: string): ChartAxis | null {
  try {
    return axisOf(paramsOf(study, [name], 'param')[0]!);
  } catch (error) {
    if (error instanceof AssayError && error.code === 'usage') return null;
    throw error;
  }
}

function sameKind(own: ChartAxis | null, axis: ChartAxis): ChartAxis | null {
  return own !== null && (own.kind === 'choice') === (axis.kind === 'choice') ? own : null;
}

/** Choices of two studies may stand in another order. */
function translated(place: number, own: ChartAxis, axis: ChartAxis): number {
  if (own.labels === undefined || axis.labels === undefined || Number.isNaN(place)) return place;
  const at = axis.labels.indexOf(own.labels[place]!);
  return at === -1 ? Number.NaN : at;
}
