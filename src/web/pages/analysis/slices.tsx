import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SliceChart } from '../../../api/routes/charts/slice.ts';
import { Figure } from '../../charts/figure.tsx';
import { Plot } from '../../charts/plot.tsx';
import { sliceAxes, sliceFinding, sliceSeries, sliceTable } from '../../charts/slice.ts';
import type { Query } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';
import { drawnParams } from './params.ts';

export interface SharedProps {
  readonly name: string;
  readonly filter: Query;
  /** The trial under the pointer in one of the charts. */
  readonly marked: number | null;
  readonly onMark: (trial: number | null) => void;
  readonly onOpen: (trial: number) => void;
}

interface SlicesProps extends SharedProps {
  /** Parameters that vary, the most important first. */
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly onChosen: (names: readonly string[]) => void;
}

/** A small chart for each parameter: the trials over its values. */
export function Slices({ names, chosen, onChosen, ...shared }: SlicesProps): VNode {
  const drawn = drawnParams(names, chosen);
  const query = { ...shared.filter, params: drawn };
  const chart = useAnswer({ path: '/v1/studies/{}/charts/slice', parts: [shared.name], query });
  return (
    <Panel
      title="Slices, the most important parameter first"
      answer={chart}
      isEmpty={({ used }) => used === 0}
      empty={<p>No trial that matches has a value yet.</p>}
      controls={<Choice names={names} drawn={drawn} onChosen={onChosen} />}
    >
      {(answer) => (
        <div class="multiples">
          {answer.params.map(({ name: param }, i) => (
            <Slice key={param} chart={answer} at={i} {...shared} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Slice({ chart, at, marked, onMark, onOpen }: { readonly chart: SliceChart; readonly at: number } & SharedProps): VNode {
  const series = useMemo(() => sliceSeries(chart, at), [chart, at]);
  const axes = useMemo(() => sliceAxes(chart, at), [chart, at]);
  const { name, used, x } = chart.params[at]!;
  const finding = sliceFinding(chart, at);
  return (
    <Figure
      title={name}
      finding={finding}
      shown={x.length}
      used={used}
      total={chart.total}
      reduced={chart.reduced}
      table={() => sliceTable(chart, at)}
    >
      <Plot
        title={`${name}: ${finding}`}
        series={series}
        axes={axes}
        height={200}
        marked={marked}
        onHover={(hit) => onMark(hit?.id ?? null)}
        onSelect={({ id }) => id !== undefined && onOpen(id)}
      />
    </Figure>
  );
}

interface ChoiceProps {
  readonly names: readonly string[];
  readonly drawn: readonly string[];
  readonly onChosen: (names: readonly string[]) => void;
}

/** Which parameters are drawn. */
function Choice({ names, drawn, onChosen }: ChoiceProps): VNode {
  return (
    <details class="choice">
      <summary>
        {drawn.length} of {names.length} parameters
      </summary>
      <ul>
        {names.map((each) => (
          <li key={each}>
            <label class="check">
              <input
                type="checkbox"
                checked={drawn.includes(each)}
                onChange={() => onChosen(names.filter((other) => (other === each) !== drawn.includes(other)))}
              />
              {each}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
