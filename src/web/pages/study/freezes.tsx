import type { VNode } from 'preact';
import type { Answers } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { Command } from '../../parts/command.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { trialHref } from '../../parts/trial-href.ts';
import { Time } from '../../parts/value.tsx';

type Freeze = Answers['/v1/freezes/{}']['items'][number];

interface FreezesProps {
  readonly group: string;
  readonly study: string;
  /** The gate policy of the study. */
  readonly policy: string;
}

/** The freezes of a study's group, the newest first: who works, who waits, and what the gates said. */
export function Freezes({ group, study, policy }: FreezesProps): VNode {
  const freezes = useAnswer({ path: '/v1/freezes/{}', parts: [group], everyMs: 10_000 });
  return (
    <Panel
      title={`Freezes of the group ${group}`}
      answer={freezes}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <>
          <p>Its studies were never frozen. This holds all but {study} until a trial of it passes its gates:</p>
          <Command text={`assay freeze ${group} --until ${policy} --study ${study}`} label="freeze the group" />
        </>
      }
    >
      {({ items }) => (
        <ol class="freezes" aria-label={`Freezes of ${group}`}>
          {items.map((freeze) => (
            <li key={freeze.frozenAt}>
              <FreezeFacts freeze={freeze} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function FreezeFacts({ freeze }: { readonly freeze: Freeze }): VNode {
  const { study, policy, state, frozenAt, frozenBy, lifted, holds, verdicts } = freeze;
  return (
    <>
      <p>
        <StateMark state={state === 'frozen' ? 'frozen' : 'complete'} word={state} />{' '}
        <a href={`/studies/${encodeURIComponent(study)}`}>{study}</a> works until a trial of it passes the gate policy {policy}.
        {holds.length > 0 && ` Meanwhile ${holds.join(', ')} ${holds.length === 1 ? 'takes' : 'take'} no trials.`}
      </p>
      <p class="muted">
        Frozen by {frozenBy}, <Time of={frozenAt} />
        {lifted !== null && (
          <>
            ; lifted by {lifted.by}, <Time of={lifted.at} />: {lifted.because}
          </>
        )}
      </p>
      {verdicts.length > 0 && (
        <ul class="freeze-verdicts" aria-label={`Judged trials of ${study}`}>
          {verdicts.map(({ colour, trial, reason, opened, at, by }) => (
            <li key={`${trial} ${at}`}>
              <StateMark state={colour === 'green' ? 'pass' : 'fail'} word={colour} /> <a href={trialHref(trial)}>{trial}</a>: {reason}
              {opened !== null && `; it opened ${opened}`}{' '}
              <span class="muted">
                by {by}, <Time of={at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
