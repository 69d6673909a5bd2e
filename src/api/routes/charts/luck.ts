import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { findStudy } from '../../../storage/readers/find.ts';
import { bestValidated } from '../../../storage/validations/newest-validation.ts';
import { readReturns } from '../../../storage/validations/read-returns.ts';
import { countTried, countTriedOnSameData } from '../../../storage/validations/tried.ts';
import { loadGatePolicy } from '../../../trading/config/load.ts';
import { countedSharpe } from '../../../validation/variation.ts';
import { type ChartSource, drawTrials, fieldColumn } from '../../charts/figure.ts';
import { luck } from '../../charts/luck.ts';
import { jsonNumberSchema, wholeNumberFrom } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, numbersSchema } from './common.ts';

export const luckChartSchema = z
  .object({
    ...chartPart,
    number: count.nullable().openapi({ description: 'The trial that is judged; null: none was validated' }),
    seed: count.nullable().openapi({ description: 'Its worst seed' }),
    observed: jsonNumberSchema.openapi({ description: 'Daily Sharpe ratio of that seed over all folds' }),
    days: count.openapi({ description: 'Days that it rests on' }),
    skew: jsonNumberSchema,
    kurtosis: jsonNumberSchema.openapi({ description: 'Raw: 3 for a normal distribution' }),
    trialsTried: count,
    trialsOnSameData: count.openapi({ description: 'Over all studies that read the same data, this one included' }),
    variance: jsonNumberSchema.openapi({ description: 'Of the ratios of trials without skill over these days: 1 / (days - 1)' }),
    trialsVariance: jsonNumberSchema.openapi({ description: 'Of the ratios of the complete trials of the study, as measured' }),
    expectedMaximum: jsonNumberSchema.openapi({ description: 'The bar: what the luckiest of all worthless trials would show' }),
    probability: jsonNumberSchema.openapi({ description: 'That the true ratio is above the bar' }),
    threshold: jsonNumberSchema.openapi({ description: 'What the gate policy of the study asks; null: it does not ask' }),
    minimumDays: count.nullable().openapi({ description: 'Days that the gate policy asks; null: it does not ask' }),
    severity: z.enum(['refuse', 'warn']).nullable(),
    curve: z
      .object({ trials: countsSchema, bar: numbersSchema })
      .openapi({ description: 'The bar against the number of trials; empty where the days are not known' }),
    histogram: z
      .object({ x0: numbersSchema, x1: numbersSchema, n: countsSchema })
      .openapi({ description: 'Daily Sharpe ratios of the complete trials in the search; the last bin includes its end' }),
  })
  .openapi('LuckChart');

export type LuckChart = z.infer<typeof luckChartSchema>;

const [sharpeKey, turnoverKey] = ['metric:sharpeDaily', 'metric:turnover'];

export function addLuckChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'luck',
    operationId: 'chartLuck',
    summary: 'A validated trial against the best that luck would show',
    query: {
      number: wholeNumberFrom(0, 999_999_999)
        .optional()
        .openapi({ description: 'A validated trial; default: of those the one with the best value' }),
    },
    answer: luckChartSchema,
  };
  const read = async (name: string, { number: asked }: { readonly number?: number | undefined }): Promise<LuckChart> => {
    const { db } = source;
    const study = await findStudy(db, name);
    const number = asked ?? (await bestValidated(db, study));
    const [returns, trialsTried, trialsOnSameData] = await Promise.all([
      number === null ? null : readReturns(db, { study: name, number }),
      countTried(db, study.id),
      countTriedOnSameData(db, study.id),
    ]);
    const policy = loadGatePolicy(study.policy).gates['deflated-sharpe'];
    return drawTrials(
      source,
      name,
      {},
      ['complete'],
      (of) => [fieldColumn(of, sharpeKey, 'metric'), fieldColumn(of, turnoverKey, 'metric')],
      ({ columns, revision, trials }) => {
        const metric = (key: string, of: number): number => columns.further.get(key)![of]!;
        const trialSharpes = Array.from(trials, (of) =>
          countedSharpe({ sharpeDaily: metric(sharpeKey, of), turnover: metric(turnoverKey, of) }),
        );
        const known = trialSharpes.filter((ratio) => !Number.isNaN(ratio)).length;
        return {
          revision,
          ...{ total: trials.length, used: known, shown: 0, reduced: known === 0 ? 'none' : 'bins' },
          number,
          ...luck({ seeds: seedsOf(returns), trialSharpes, trialsTried, trialsOnSameData }),
          threshold: policy?.minimum ?? null,
          minimumDays: policy?.minimumDays ?? null,
          severity: policy?.severity ?? null,
        };
      },
    );
  };
  addChart(app, source, route, read, () => ({ evaluated: true, sameData: true }));
}

/** Daily returns over all folds, by seed; a return that JSON has not is NaN. */
function seedsOf(read: Awaited<ReturnType<typeof readReturns>> | null) {
  const own = (read?.items ?? []).filter(({ seed }) => seed !== null);
  return [...new Set(own.map(({ seed }) => seed!))].map((seed) => ({
    seed,
    returns: own.filter((item) => item.seed === seed).flatMap(({ dailyReturns }) => dailyReturns.map((value) => value ?? Number.NaN)),
  }));
}
