import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Equity } from '../../../api/routes/charts/equity.ts';
import { percent } from '../../../plot/format.ts';
import { Pick, Segments } from '../../charts/controls.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Plot } from '../../charts/plot.tsx';
import { type Costs, chartOf, equityTable, sharedRange } from './equity-series.ts';

const axis = (label: string) => ({ kind: 'linear' as const, label, format: (x: number) => percent(x), include: [0], clip: false });
const time = { kind: 'time' as const, label: 'day' };
const above = { x: time, y: axis('gain of the account') };
const below = { x: time, y: axis('drawdown') };

interface Setting {
  readonly costs: Costs;
  readonly folds: 'row' | 'apart';
  readonly seed: number | null;
}

interface EquityChartsProps {
  readonly equity: Equity;
  readonly setting: Setting;
  readonly onChange: (part: Partial<Setting>) => void;
}

/** Gain and drawdown of every seed beside the baselines, out of sample. */
export function EquityCharts({ equity, setting, onChange }: EquityChartsProps): VNode {
  const { costs, folds, seed } = setting;
  const seeds = [...new Set(equity.folds.flatMap(({ lines }) => lines.flatMap((line) => line.seed ?? [])))];
  const charts = useMemo(() => {
    const groups = folds === 'row' ? [equity.folds] : equity.folds.map((fold) => [fold]);
    return groups.map((group) => ({
      title: folds === 'row' ? 'all folds in a row' : `fold ${group[0]?.fold}`,
      ...chartOf(equity, group, { costs, seed }),
    }));
  }, [equity, folds, costs, seed]);
  const controls = (
    <>
      <Segments
        label="Folds"
        value={folds}
        options={[
          ['row', 'in a row'],
          ['apart', 'apart'],
        ]}
        onChange={(next) => onChange({ folds: next })}
      />
      <Segments
        label="Costs"
        value={costs}
        options={[
          ['net', 'net'],
          ['gross', 'gross'],
        ]}
        onChange={(next) => onChange({ costs: next })}
      />
      <Pick
        label="Seed"
        value={seed === null ? '' : String(seed)}
        options={[['', 'all'], ...seeds.map((of) => [String(of), String(of)] as const)]}
        onChange={(next) => onChange({ seed: next === '' ? null : Number(next) })}
      />
    </>
  );
  const row = folds === 'row';
  const axes = useMemo(() => {
    if (row) return { above, below };
    const drawdowns = sharedRange(charts.map(({ drawdown }) => drawdown));
    const lowest = Math.min(drawdowns[0], -1.1 * (equity.drawdownLimit ?? 0));
    return {
      above: { x: time, y: { ...above.y, range: sharedRange(charts.map((chart) => chart.equity)) } },
      below: { x: time, y: { ...below.y, range: [lowest, 0] as const } },
    };
  }, [charts, row, equity]);
  return (
    <Figure title="Equity and drawdown" untitled finding={findingOf(equity, costs)} controls={controls} table={() => equityTable(equity)}>
      <div class={row ? 'equity' : 'equity is-apart'}>
        {charts.map((chart) => (
          <div key={chart.title} class="equity-pair">
            {!row && <h3>{chart.title}</h3>}
            <Plot title={`Gain of ${equity.address}, ${chart.title}`} series={chart.equity} axes={axes.above} height={row ? 260 : 200} />
            <Plot
              title={`Drawdown of ${equity.address}, ${chart.title}`}
              series={chart.drawdown}
              axes={axes.below}
              height={row ? 150 : 130}
            />
          </div>
        ))}
      </div>
    </Figure>
  );
}

function findingOf({ folds, worstSeed, drawdownLimit }: Equity, costs: Costs): string {
  const worst = folds.flatMap(({ lines }) => lines.filter(({ seed }) => seed !== null && seed === worstSeed));
  const gain = worst.reduce((account, { totalReturn }) => account * (1 + (totalReturn ?? Number.NaN)), 1) - 1;
  const policies = folds.flatMap(({ lines }) => lines.filter(({ seed }) => seed !== null));
  const ended = policies.reduce((n, { earlyTerminations }) => n + earlyTerminations, 0);
  const limit =
    drawdownLimit === null
      ? ''
      : `The drawdown limit of ${percent(drawdownLimit)} ${ended === 0 ? 'ended no episode' : `ended an episode ${ended === 1 ? 'once' : `${ended} times`}`}. `;
  const gross = costs === 'gross' ? 'Costs are spread evenly over each fold: only their sum is stored.' : '';
  return `Seed ${worstSeed ?? '–'}, the worst, ends at ${percent(gain)} net of costs over all folds. ${limit}${gross}`;
}
