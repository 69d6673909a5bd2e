import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ContourChart } from '../../../api/routes/charts/contour.ts';
import { contourAxes, contourCells, contourFinding, contourSeries, contourShades, contourTable } from '../../charts/contour.ts';
import { Pick, Segments } from '../../charts/controls.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Plot } from '../../charts/plot.tsx';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';
import { cellsFor, drawnPair } from './params.ts';
import type { SharedProps } from './slices.tsx';

interface ContourProps extends SharedProps {
  readonly names: readonly string[];
  readonly pair: readonly string[];
  readonly onPair: (pair: readonly string[]) => void;
  /** Complete trials of the study. */
  readonly complete: number;
}

/** The value over two parameters: means of cells, or the trials by rank. */
export function Contour({ names, pair, onPair, complete, ...shared }: ContourProps): VNode {
  const [first, second] = drawnPair(names, pair);
  const [show, setShow] = useState<'mean' | 'rank'>('mean');
  const chart = useAnswer({
    path: '/v1/studies/{}/charts/contour',
    parts: [shared.name],
    query: { ...shared.filter, pair: [first, second], cells: cellsFor(complete) },
  });
  const options = names.map((each) => [each, each] as const);
  const controls = (
    <div class="figure-controls">
      <Pick
        label="Across"
        value={first}
        options={options.filter(([each]) => each !== second)}
        onChange={(next) => onPair([next, second])}
      />
      <Pick label="Up" value={second} options={options.filter(([each]) => each !== first)} onChange={(next) => onPair([first, next])} />
      <Segments
        label="Show"
        value={show}
        options={[
          ['mean', 'means'],
          ['rank', 'ranks'],
        ]}
        onChange={setShow}
      />
    </div>
  );
  return (
    <Panel
      title="Two parameters"
      answer={chart}
      controls={controls}
      isEmpty={({ used }) => used === 0}
      empty={<p>No trial that matches has both parameters and a value.</p>}
    >
      {(answer) => <ContourFigure chart={answer} show={show} {...shared} />}
    </Panel>
  );
}

function ContourFigure({
  chart,
  show,
  marked,
  onMark,
  onOpen,
}: { readonly chart: ContourChart; readonly show: 'mean' | 'rank' } & SharedProps): VNode {
  const series = useMemo(() => contourSeries(chart, show), [chart, show]);
  const axes = useMemo(() => contourAxes(chart), [chart]);
  const cells = useMemo(() => contourCells(chart), [chart]);
  const { pale, dark } = contourShades(chart);
  const finding = contourFinding(chart);
  const title = chart.axes.map(({ name }) => name).join(' and ');
  return (
    <Figure
      title={title}
      untitled
      finding={finding}
      shown={chart.points.number.length}
      used={chart.used}
      total={chart.total}
      table={() => contourTable(chart)}
    >
      <Plot
        title={`${title}: ${finding}`}
        series={series}
        axes={axes}
        height={360}
        marked={marked}
        onHover={(hit) => onMark(hit?.id ?? null)}
        onSelect={({ id }) => id !== undefined && onOpen(id)}
        {...(show === 'mean' && { tip: (hit) => tipOf(hit.id, cells[hit.index]) })}
      />
      {show === 'mean' && (
        <p class="shades small-text">
          <span class="number">{pale}</span>
          <span class="shade-ramp" aria-hidden="true" />
          <span class="number">{dark}</span>
          <span class="muted">means of the cells; a stronger colour is better; empty where no trial is</span>
        </p>
      )}
    </Figure>
  );
}

function tipOf(trial: number | undefined, cell: ReturnType<typeof contourCells>[number] | undefined): string {
  if (trial !== undefined) return `Trial ${trial}`;
  return cell === undefined ? '' : `mean ${cell.mean.toPrecision(4)} of ${cell.n} ${cell.n === 1 ? 'trial' : 'trials'}`;
}
