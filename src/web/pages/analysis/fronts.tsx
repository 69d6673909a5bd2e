import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FrontChart } from '../../../api/routes/charts/front.ts';
import { value } from '../../../plot/format.ts';
import { numbersOf } from '../../charts/columns.ts';
import { Figure } from '../../charts/figure.tsx';
import { frontAxes, frontFinding, frontSeries, frontTable, objectivePairs } from '../../charts/front.ts';
import { Plot } from '../../charts/plot.tsx';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';
import type { SharedProps } from './slices.tsx';

/** Objectives against each other, and how much of their space the trade-offs have won. */
export function Fronts(shared: SharedProps): VNode {
  const chart = useAnswer({ path: '/v1/studies/{}/charts/front', parts: [shared.name], query: shared.filter });
  return (
    <Panel title="Trade-offs" answer={chart} isEmpty={({ used }) => used === 0} empty={<p>No trial that matches is complete yet.</p>}>
      {(answer) => (
        <div class="multiples">
          {objectivePairs(answer).map((pair) => (
            <Front key={pair.join(' ')} chart={answer} pair={pair} {...shared} />
          ))}
          {answer.hypervolume !== null && answer.hypervolume.number.length > 0 && <Hypervolume chart={answer} />}
          {isTooLarge(answer) && (
            <p class="muted">
              How the hypervolume grew is not drawn: too many trials were trade-offs when they were the newest.{' '}
              <code>assay best {shared.name}</code> says what it is now.
            </p>
          )}
        </div>
      )}
    </Panel>
  );
}

/** True where there is a hypervolume to measure, but too much of it for each moment. */
function isTooLarge({ hypervolume, objectives }: FrontChart): boolean {
  return hypervolume === null && (objectives ?? []).every(({ reference }) => reference !== null);
}

function Front({
  chart,
  pair,
  marked,
  onMark,
  onOpen,
}: { readonly chart: FrontChart; readonly pair: readonly [string, string] } & SharedProps): VNode {
  const key = pair.join(' ');
  const series = useMemo(() => frontSeries(chart, pair), [chart, key]);
  const axes = useMemo(() => frontAxes(chart, pair), [chart, key]);
  const finding = frontFinding(chart);
  return (
    <Figure
      title={`${pair[0]} and ${pair[1]}`}
      finding={finding}
      shown={chart.points.number.length}
      used={chart.used}
      total={chart.total}
      reduced={chart.reduced}
      table={() => frontTable(chart)}
    >
      <Plot
        title={`${pair[0]} and ${pair[1]}: ${finding}`}
        series={series}
        axes={axes}
        height={300}
        marked={marked}
        onHover={(hit) => onMark(hit?.id ?? null)}
        onSelect={({ id }) => id !== undefined && onOpen(id)}
      />
    </Figure>
  );
}

function Hypervolume({ chart }: { readonly chart: FrontChart }): VNode {
  const { number, value: volumes } = chart.hypervolume!;
  const { series, axes, y } = useMemo(() => {
    const volume = numbersOf(volumes, 'hypervolume.value', chart.nonFinite);
    return {
      y: volume,
      series: [{ kind: 'line', name: '', colour: 'var(--series-1)', x: number, y: volume, steps: true, width: 2 } as const],
      axes: { x: { kind: 'linear', label: 'Trial', whole: true }, y: { kind: 'linear', label: 'hypervolume' } } as const,
    };
  }, [chart]);
  const finding = `The trade-offs reach a hypervolume of ${value(y.at(-1))} from the study's reference point.`;
  return (
    <Figure
      title="Hypervolume of the trade-offs"
      finding={finding}
      used={chart.used}
      total={chart.total}
      table={() => ({ columns: ['trial', 'hypervolume'], rows: number.map((each, i) => [each, y[i]]) })}
    >
      <Plot title={finding} series={series} axes={axes} height={300} />
    </Figure>
  );
}
