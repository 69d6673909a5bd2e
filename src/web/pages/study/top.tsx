import type { z } from '@hono/zod-openapi';
import type { VNode } from 'preact';
import type { bestSchema } from '../../../api/routes/best.ts';
import { duration } from '../../../plot/format.ts';
import { shortened } from '../../charts/frame.ts';
import { useAnswer } from '../../data/query.ts';
import { Panel } from '../../parts/panel.tsx';
import { parameterText } from '../../parts/parameters.ts';
import { Value } from '../../parts/value.tsx';
import { varyingNames } from './top.ts';

type Best = z.output<typeof bestSchema>;

const rows = 10;

interface TopProps {
  readonly name: string;
  readonly objective: string;
}

/** The best trials with the parameters in which they differ. */
export function Top({ name, objective }: TopProps): VNode {
  const best = useAnswer({ path: '/v1/studies/{}/best', parts: [name], query: { top: rows, objective } });
  const front = best.value.data?.front ?? null;
  return (
    <Panel
      title={front === null ? `The best ${rows}` : 'Trade-offs: no trial beats these in every objective'}
      answer={best}
      isEmpty={({ trials }) => trials.length === 0}
      empty={<p>No trial is complete and feasible yet.</p>}
    >
      {(answer) => <TopTable name={name} best={answer} />}
    </Panel>
  );
}

function TopTable({ name, best }: { readonly name: string; readonly best: Best }): VNode {
  const { trials, objectives, front } = best;
  const { shown, varying } = varyingNames(trials.map(({ params }) => params));
  const goals = objectives?.map((goal) => goal.name) ?? null;
  const replicated = trials.some(({ configuration }) => configuration !== undefined);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys */}
      <section class="scroll" tabIndex={0} aria-label="The best trials">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Trial</th>
              {(goals ?? ['Value']).map((goal) => (
                <th key={goal} scope="col" class="right">
                  {goal}
                </th>
              ))}
              {replicated &&
                ['Same', 'Mean', 'Worst'].map((title) => (
                  <th key={title} scope="col" class="right">
                    {title}
                  </th>
                ))}
              {shown.map((param) => (
                <th key={param} scope="col" class="right" title={param}>
                  {shortened(param, 18)}
                </th>
              ))}
              <th scope="col" class="right">
                Duration
              </th>
            </tr>
          </thead>
          <tbody>
            {trials.map((trial) => (
              <tr key={trial.number}>
                <th scope="row">
                  <a href={`/studies/${encodeURIComponent(name)}/trials/${trial.number}`}>#{trial.number}</a>
                </th>
                {goals === null ? (
                  <td class="right">
                    <Value of={trial.value} nonFinite={trial.nonFinite?.['value']} />
                  </td>
                ) : (
                  goals.map((goal) => (
                    <td key={goal} class="right">
                      <Value of={trial.values?.[goal]} nonFinite={trial.nonFinite?.[`values.${goal}`]} />
                    </td>
                  ))
                )}
                {replicated && (
                  <>
                    <td class="right number">{trial.configuration?.n}</td>
                    <td class="right">
                      <Value of={trial.configuration?.mean} nonFinite={trial.nonFinite?.['configuration.mean']} />
                    </td>
                    <td class="right">
                      <Value of={trial.configuration?.worst} nonFinite={trial.nonFinite?.['configuration.worst']} />
                    </td>
                  </>
                )}
                {shown.map((param) => (
                  <td key={param} class="right number">
                    {parameterText(trial.params[param])}
                  </td>
                ))}
                <td class="right number">{duration(trial.durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="muted small-text">
        {front === null ? '' : `${trials.length} of ${front.size} trade-offs. `}
        {replicated && 'Ranked by the mean of the trials with the same parameters. '}
        {varying === 0
          ? 'They have the same parameters.'
          : `${shown.length === varying ? 'The' : `${shown.length} of the`} ${varying} parameters in which they differ.`}{' '}
        <a class="further" href={`/studies/${encodeURIComponent(name)}/trials`}>
          All trials
        </a>
      </p>
    </>
  );
}
