import type { ReadonlySignal } from '@preact/signals';
import type { QueryObserverResult } from '@tanstack/query-core';
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ParallelChart } from '../../api/routes/charts/parallel.ts';
import { count } from '../../plot/format.ts';
import type { Problem } from '../data/problem.ts';
import { Panel } from '../parts/panel.tsx';
import { brushOf, brushTexts } from './brush.ts';
import { Figure } from './figure.tsx';
import { Parallel } from './parallel.tsx';
import { type Brush, parallelAxes } from './parallel-axes.ts';

interface ParallelPanelProps {
  readonly answer: ReadonlySignal<QueryObserverResult<ParallelChart, Problem>>;
  /** As the address has it. */
  readonly brush: readonly string[];
  /** The pointer has come to rest. */
  readonly onBrush: (brush: readonly string[]) => void;
  readonly selected: ReadonlySet<number>;
  readonly marked: number | null;
  readonly onOpen: (trial: number) => void;
}

/** Parallel coordinates of a study's trials, brushed together with what lies below. */
export function ParallelPanel({ answer, ...rest }: ParallelPanelProps): VNode {
  return (
    <Panel
      title="Parameters and values"
      answer={answer}
      isEmpty={({ axes, used }) => axes.length === 0 || used === 0}
      empty={<p>No parameter varies among the trials that match, or none of them has a value yet.</p>}
    >
      {(chart) => <ParallelFigure chart={chart} {...rest} />}
    </Panel>
  );
}

type FigureProps = Omit<ParallelPanelProps, 'answer'> & { readonly chart: ParallelChart };

function ParallelFigure({ chart, brush, onBrush, selected, marked, onOpen }: FigureProps): VNode {
  // While the pointer moves the chart alone follows it: everything else waits for where it comes to rest.
  const [passing, setPassing] = useState<Brush | null>(null);
  const key = brush.join('\n');
  const settled = useMemo(() => brushOf(brush), [key]);
  const { axes, varying, looked, params, number, value, columns } = chart;
  const unseen = looked < params ? ` Only the first ${count(looked)} of ${count(params)} parameters were looked at.` : '';
  const finding = `${axes.length === varying ? 'All' : `${count(axes.length)} of the`} ${count(varying)} parameters that vary; the best tenth of the lines is drawn in the full colour.${unseen}`;
  return (
    <Figure
      title="Parameters and values"
      untitled
      finding={finding}
      shown={chart.shown}
      used={chart.used}
      total={chart.total}
      reduced={chart.reduced}
      table={() => ({
        columns: ['trial', ...axes.map(({ name }) => name), 'value'],
        rows: number.map((trial, i) => [trial, ...axes.map(({ name, labels }) => cellOf(columns[name]?.[i], labels)), value[i]]),
      })}
    >
      <Parallel
        title={finding}
        chart={chart}
        brush={passing ?? settled}
        onBrush={(next, options) => {
          setPassing(options.passing ? next : null);
          if (!options.passing) onBrush(brushTexts(next));
        }}
        selected={selected}
        marked={marked}
        onSelect={onOpen}
      />
    </Figure>
  );
}

const cellOf = (x: number | null | undefined, labels: ParallelChart['axes'][number]['labels']) =>
  x === null || x === undefined || labels === undefined ? x : labels[x];

/** Names of the axes as filters write them, with the labels of choices. */
export function brushedFields(chart: ParallelChart | undefined): ReturnType<typeof parallelAxes> {
  return chart === undefined ? [] : parallelAxes(chart, 1);
}
