import type { VNode } from 'preact';
import type { ImportanceChart } from '../../../api/routes/charts/importance.ts';
import { percent } from '../../../plot/format.ts';
import { Figure } from '../../charts/figure.tsx';
import { shortened } from '../../charts/frame.ts';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';
import { importanceFinding, mostBars } from './importance.ts';

interface ImportanceProps {
  readonly name: string;
  readonly objective: string;
}

/** Which parameters decide. */
export function Importance({ name, objective }: ImportanceProps): VNode {
  const chart = useAnswer({ path: '/v1/studies/{}/charts/importance', parts: [name], query: { objective } });
  return (
    <Panel title="What decides" answer={chart} isEmpty={({ items }) => items.length === 0} empty={<Nothing chart={chart.value.data} />}>
      {(answer) => <Bars name={name} chart={answer} />}
    </Panel>
  );
}

function Nothing({ chart }: { readonly chart: ImportanceChart | undefined }): VNode {
  return (
    <>
      <p>Not known yet: it takes some complete trials with different values.</p>
      <NoteList notes={chart?.notes ?? []} />
    </>
  );
}

function NoteList({ notes }: { readonly notes: readonly string[] }): VNode {
  return (
    <ul class="muted small-text note-list">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function Bars({ name, chart }: { readonly name: string; readonly chart: ImportanceChart }): VNode {
  const { items, trialsUsed, notes } = chart;
  const shown = items.slice(0, mostBars);
  const table = () => ({
    columns: ['parameter', 'importance', 'low', 'high'],
    rows: items.map(({ name: parameter, value, low, high }) => [parameter, value, low, high]),
  });
  return (
    <Figure
      title="Importance of the parameters"
      untitled
      finding={importanceFinding(chart)}
      shown={shown.length}
      used={items.length}
      total={items.length}
      noun="parameters"
      table={table}
    >
      <ol class="bars">
        {shown.map(({ name: parameter, value, low, high }) => (
          <li key={parameter}>
            <a href={`/studies/${encodeURIComponent(name)}/analysis?params=${encodeURIComponent(parameter)}`} title={parameter}>
              {shortened(parameter, 24)}
            </a>
            <span class="bar" title={`between ${percent(low)} and ${percent(high)}`}>
              <span class="bar-fill" style={{ width: `${100 * value}%` }} />
              <span class="bar-interval" style={{ left: `${100 * low}%`, width: `${100 * (high - low)}%` }} />
            </span>
            <span class="number">{percent(value)}</span>
          </li>
        ))}
      </ol>
      <p class="muted small-text">
        Shares of what separates the best trials from the others, from {trialsUsed} complete trials; whiskers: resampled trials.
      </p>
      <NoteList notes={notes} />
    </Figure>
  );
}
