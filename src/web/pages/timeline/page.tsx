import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TimelineChart } from '../../../api/routes/charts/timeline.ts';
import { duration, utc } from '../../../plot/format.ts';
import { go } from '../../app/router.ts';
import type { PageProps } from '../../app/routes.ts';
import { Segments, StateFilter } from '../../charts/controls.tsx';
import { Figure } from '../../charts/figure.tsx';
import { Notes } from '../../charts/notes.tsx';
import { Plot } from '../../charts/plot.tsx';
import { chartStates } from '../../charts/states.ts';
import { endingLooks, movedRange, timelineFinding, timelineScene, timelineTable } from '../../charts/timeline.ts';
import { defineCodec, list, number, oneOf } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { Panel } from '../../parts/panel.tsx';
import '../../style/content.css';

const moment = number({ whole: true, low: 0, high: 99_999_999_999_999 });
const codec = defineCodec({ from: moment, to: moment, by: oneOf(['worker', 'device']), states: list(chartStates) });

/** What ran when, and where. */
export default function Timeline({ params }: PageProps): VNode {
  const name = params['study']!;
  const { view, notes, change } = useView(codec);
  const study = useAnswer({ path: '/v1/studies/{}', parts: [name] });
  const detail = study.value.data;
  const { from, to, by, states } = view;
  const live = (detail?.counts.running ?? 0) > 0;
  const query = { by, states, from: from ?? undefined, to: to ?? undefined };
  const chart = useAnswer({ path: '/v1/studies/{}/charts/timeline', parts: [name], query, everyMs: live ? 5000 : undefined });
  const show = (low: number, high: number): void => void change({ from: Math.round(low), to: Math.round(high) });
  const shown = chart.value.data;
  const move = (how: Parameters<typeof movedRange>[1]): void => {
    if (shown !== undefined) show(...movedRange([shown.origin, shown.until], how));
  };
  return (
    <div class="stack">
      <div class="filter-bar">
        <StateFilter counts={detail?.counts} states={states} onChange={(next) => change({ states: next })} />
        <Segments
          label="Lanes"
          value={by}
          options={[
            ['worker', 'workers'],
            ['device', 'devices'],
          ]}
          onChange={(next) => change({ by: next })}
        />
        <fieldset class="segments">
          <legend>Range</legend>
          {(
            [
              ['earlier', 'Earlier'],
              ['later', 'Later'],
              ['in', 'Closer'],
              ['out', 'Wider'],
            ] as const
          ).map(([how, word]) => (
            <button key={how} type="button" class="small" disabled={shown === undefined} onClick={() => move(how)}>
              {word}
            </button>
          ))}
          <button type="button" class="small" disabled={from === null && to === null} onClick={() => change({ from: null, to: null })}>
            All
          </button>
        </fieldset>
      </div>
      <Notes notes={notes} />
      <Panel
        title="What ran when"
        answer={chart}
        isEmpty={({ lanes }) => lanes.length === 0}
        empty={<p>{from === null && to === null ? 'No trial that matches has begun yet.' : 'No attempt lies in this range.'}</p>}
      >
        {(answer) => <TimelineFigure chart={answer} name={name} onRange={show} />}
      </Panel>
    </div>
  );
}

interface FigureProps {
  readonly chart: TimelineChart;
  readonly name: string;
  readonly onRange: (low: number, high: number) => void;
}

const rowPx = 24;
const axisPx = 62;

function TimelineFigure({ chart, name, onRange }: FigureProps): VNode {
  const { series, axes, rows, attempts } = useMemo(() => timelineScene(chart), [chart]);
  const finding = timelineFinding(chart);
  const tipOf = (at: number, index: number): string => {
    const each = attempts[at]?.[index];
    if (each === undefined) return '';
    const { number, attempt, ending, start, end, lane } = each;
    return `Trial ${number}, attempt ${attempt}: ${endingLooks[ending].name} after ${duration(end - start)}, from ${utc(start)}, ${lane}`;
  };
  return (
    <Figure
      title="What ran when"
      untitled
      finding={`${finding}${chart.lanes.length < chart.lanesTotal ? ` ${chart.lanes.length} of ${chart.lanesTotal} lanes are drawn.` : ''}`}
      shown={chart.shown}
      used={chart.used}
      total={chart.total}
      reduced={chart.reduced}
      table={() => timelineTable(chart)}
    >
      <Plot
        title={finding}
        series={series}
        axes={axes}
        height={axisPx + Math.max(2, rows) * rowPx}
        onRange={onRange}
        onSelect={({ id }) => id !== undefined && go(`/studies/${encodeURIComponent(name)}/trials/${id}`)}
        tip={({ series: at, index }) => tipOf(at, index)}
      />
      <p class="muted small-text">Drag over a part of the time to look closer; a click opens the trial.</p>
    </Figure>
  );
}
