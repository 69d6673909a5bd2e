import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { readInnerReturns } from '../../../storage/validations/read-search-evidence.ts';
import { loadGatePolicy } from '../../../trading/config/load.ts';
import { fewestTrials } from '../../../validation/statistics/cscv.ts';
import { type ChartSource, drawTrials } from '../../charts/figure.ts';
import { overfit } from '../../charts/overfit.ts';
import { sampleOf } from '../../charts/sample.ts';
import { jsonNumberSchema } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, numbersSchema } from './common.ts';

export const overfitChartSchema = z
  .object({
    ...chartPart,
    because: z.string().nullable().openapi({ description: 'Why nothing can be told; null: it can' }),
    trials: count.openapi({ description: 'Complete trials with daily returns of the same days' }),
    days: count,
    blocks: count.openapi({ description: 'Of days, of which every half picks a best trial' }),
    combinations: count.openapi({ description: 'Halves' }),
    belowMedian: count.openapi({ description: 'Halves whose best trial is in the lower half of all on the other half' }),
    pbo: jsonNumberSchema.openapi({ description: 'Their share: the probability of backtest overfitting. It refuses nothing' }),
    losing: count.openapi({ description: 'Halves whose best trial loses on the other half' }),
    probabilityOfLoss: jsonNumberSchema.openapi({ description: 'Their share, which the gate `overfit` asks of' }),
    threshold: jsonNumberSchema.openapi({ description: 'Most that the gate policy of the study allows; null: it does not ask' }),
    severity: z.enum(['refuse', 'warn']).nullable(),
    slope: jsonNumberSchema.openapi({ description: 'Of the best trial’s ratio on the other half over that on its own' }),
    intercept: jsonNumberSchema,
    logits: z.object({ x0: numbersSchema, x1: numbersSchema, n: countsSchema }).openapi({
      description: 'Histogram of ln(w / (1 - w)), w the relative rank of the best trial on the other half; no bin has 0 inside',
    }),
    winners: z
      .object({ number: countsSchema, halves: countsSchema, medianRank: numbersSchema })
      .openapi({ description: 'Trials that were the best of a half, by how many; their median rank on the other half, 1 the best' }),
    ranks: z.object({ number: countsSchema, first: numbersSchema, second: numbersSchema }).openapi({
      description: 'Rank of each trial on the earlier half of the days and on the later one, 1 the best; the best 100 of the earlier',
    }),
  })
  .openapi('OverfitChart');

export type OverfitChart = z.infer<typeof overfitChartSchema>;

/** Complete trials that are read: more take seconds, 12,870 halves of 16 blocks each. */
const mostTrials = 1000;

export function addOverfitChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'overfit',
    operationId: 'chartOverfit',
    summary: 'What picking the best trial by one half of the inner days is worth on the other half',
    query: {},
    answer: overfitChartSchema,
  };
  const read = async (name: string): Promise<OverfitChart> => {
    const { study, revision, total, sample } = await drawTrials(
      source,
      name,
      {},
      ['complete'],
      () => [],
      (drawing) => ({
        ...drawing,
        total: drawing.trials.length,
        sample: sampleOf(drawing.trials, mostTrials, drawing.study.id),
      }),
    );
    const found = await readInnerReturns(source.db, study.id, [...sample]);
    const policy = loadGatePolicy(study.policy).gates.overfit;
    const trials = found.filter(({ pruned }) => pruned !== true);
    return {
      revision,
      ...{ total, used: trials.length, shown: trials.length, reduced: sample.length < total ? 'sample' : 'none' },
      ...overfit(trials, { blocks: policy?.blocks ?? 16, minimumTrials: policy?.minimumTrials ?? fewestTrials }),
      threshold: policy?.maximumLoss ?? null,
      severity: policy?.severity ?? null,
    };
  };
  addChart(app, source, route, read, () => ({}));
}
