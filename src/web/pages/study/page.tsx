import type { VNode } from 'preact';
import { go } from '../../app/router.ts';
import type { PageProps } from '../../app/routes.ts';
import { Pick, ScalePick, Segments, StateFilter } from '../../charts/controls.tsx';
import { Notes } from '../../charts/notes.tsx';
import { chartStates } from '../../charts/states.ts';
import { defineCodec, list, oneOf, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { Freezes } from './freezes.tsx';
import { History } from './history.tsx';
import { Importance } from './importance.tsx';
import { Running } from './running.tsx';
import { Standing } from './standing.tsx';
import { Top } from './top.tsx';
import '../../style/content.css';
import './study.css';

const codec = defineCodec({
  objective: text(),
  x: oneOf(['number', 'time']),
  y: oneOf(['linear', 'log']),
  states: list(chartStates),
});

/** A study at a glance: how it stands, what it found, and what decides. */
export default function Overview({ params }: PageProps): VNode {
  const name = params['study']!;
  const { view, notes, change } = useView(codec);
  const study = useAnswer({ path: '/v1/studies/{}', parts: [name] });
  const detail = study.value.data;
  const objectives = detail?.objectives ?? null;
  const live = detail === undefined || detail.state === 'running' || detail.counts.running > 0;
  const asked = { states: view.states, objective: view.objective };
  const open = (number: number): void => go(`/studies/${encodeURIComponent(name)}/trials/${number}`);
  return (
    <div class="stack">
      <Standing name={name} study={study} />
      {detail !== undefined && detail.group !== null && <Freezes group={detail.group} study={name} policy={detail.policy} />}
      <div class="filter-bar">
        <StateFilter counts={detail?.counts} states={view.states} onChange={(states) => change({ states })} />
        {objectives !== null && (
          <Pick
            label="Objective"
            value={view.objective}
            options={[['', objectives[0]!.name], ...objectives.slice(1).map((goal) => [goal.name, goal.name] as const)]}
            onChange={(objective) => change({ objective })}
          />
        )}
        <Segments
          label="Along"
          value={view.x}
          options={[
            ['number', 'trials'],
            ['time', 'time'],
          ]}
          onChange={(x) => change({ x })}
        />
        <ScalePick value={view.y} onChange={(y) => change({ y })} />
      </div>
      <Notes notes={notes} />
      <div class="pair-grid overview">
        <History name={name} asked={{ ...asked, x: view.x }} log={view.y === 'log'} live={live} onOpen={open} />
        {(detail?.counts.running ?? 0) > 0 && <Running name={name} running={detail!.counts.running} onOpen={open} />}
        <Importance name={name} objective={view.objective} />
        <Top name={name} objective={view.objective} />
      </div>
    </div>
  );
}
