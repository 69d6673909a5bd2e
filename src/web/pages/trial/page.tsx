import type { VNode } from 'preact';
import { useKeys } from '../../app/keys.ts';
import { go } from '../../app/router.ts';
import type { PageProps } from '../../app/routes.ts';
import { Notes } from '../../charts/notes.tsx';
import type { Answers } from '../../data/api.ts';
import { defineCodec, number, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { Command } from '../../parts/command.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatCommand } from '../../parts/orders-for-trial.ts';
import { Panel } from '../../parts/panel.tsx';
import { TrialOrders } from '../../parts/trial-orders.tsx';
import '../../style/content.css';
import { Artifacts, Attempts, RanOn } from './attempts.tsx';
import { useChampion } from './champion.ts';
import { Curve, InnerReturns } from './curve.tsx';
import { Outcome } from './outcome.tsx';
import { Parameters } from './parameters.tsx';
import './trial.css';

type Detail = Answers['/v1/studies/{}/trials/{}'];

const codec = defineCodec({ metric: text(), with: number({ whole: true, low: 0 }) });

/** A trial: what came of it, its parameters against the champion's, its curve, and everything needed to have it again. */
export default function Trial({ params }: PageProps): VNode {
  const study = params['study']!;
  const at = params['number']!;
  const { view, notes, change } = useView(codec);
  const detail = useAnswer({ path: '/v1/studies/{}', parts: [study] });
  const live = (detail.value.data?.counts.running ?? 0) > 0;
  const trial = useAnswer({ path: '/v1/studies/{}/trials/{}', parts: [study, at], everyMs: live ? 5000 : undefined });
  const champion = useChampion(study);
  const best = detail.value.data?.bestAddress?.split('#').at(-1);
  const usual = champion?.number ?? (best === undefined ? null : Number(best));
  const other = view.with ?? (usual === Number(at) ? null : usual);
  const shown = trial.value.data;
  return (
    <div class="stack">
      <Neighbours study={study} number={Number(at)} total={totalOf(detail.value.data)} />
      <Notes notes={notes} />
      <Panel title="Outcome" answer={trial} controls={shown && <TrialOrders study={study} trial={shown} />}>
        {(answer) => <Outcome study={study} trial={answer} direction={detail.value.data?.direction} />}
      </Panel>
      <div class="pair-grid">
        <Panel title="Parameters" answer={trial}>
          {(answer) => (
            <Parameters study={study} trial={answer} other={other} champion={champion} onOther={(next) => change({ with: next })} />
          )}
        </Panel>
        <Panel title="Curve" answer={trial}>
          {(answer) => <Curve trial={answer} metric={view.metric} onMetric={(metric) => change({ metric })} />}
        </Panel>
        {shown?.innerReturns && (
          <Panel title="Account on the inner validation part" answer={trial}>
            {(answer) => hasReturns(answer) && <InnerReturns trial={answer} />}
          </Panel>
        )}
        <Panel title="Attempts" answer={trial} isEmpty={({ attempts }) => attempts.length === 0} empty={<p>No worker has taken it yet.</p>}>
          {(answer) => <Attempts trial={answer} />}
        </Panel>
        <Panel title="What it ran on" answer={trial}>
          {(answer) => <RanOn trial={answer} />}
        </Panel>
        <Panel
          title="Artifacts"
          answer={trial}
          isEmpty={({ artifacts }) => artifacts.length === 0}
          empty={<p>This trial kept no artifacts.</p>}
        >
          {(answer) => <Artifacts trial={answer} />}
        </Panel>
        <Panel title="What to do next" answer={trial}>
          {(answer) => <Commands study={study} trial={answer} />}
        </Panel>
      </div>
    </div>
  );
}

const hasReturns = (trial: Detail): trial is Detail & { readonly innerReturns: NonNullable<Detail['innerReturns']> } =>
  trial.innerReturns !== null;

const totalOf = (detail: Answers['/v1/studies/{}'] | undefined): number | null =>
  detail === undefined ? null : Object.values(detail.counts).reduce((sum, n) => sum + n, 0);

/** Links to the trials before and after. */
function Neighbours({
  study,
  number: at,
  total,
}: {
  readonly study: string;
  readonly number: number;
  readonly total: number | null;
}): VNode {
  const to = (n: number): string => `/studies/${encodeURIComponent(study)}/trials/${n}`;
  const next = total === null || at + 1 < total;
  useKeys({ '[': () => at > 0 && go(to(at - 1)), ']': () => next && go(to(at + 1)) });
  return (
    <nav class="neighbours" aria-label="Neighbouring trials">
      {at > 0 && (
        <a class="button" rel="prev" href={to(at - 1)}>
          <Icon name="left" /> #{at - 1}
        </a>
      )}
      {next && (
        <a class="button" rel="next" href={to(at + 1)}>
          #{at + 1} <Icon name="right" />
        </a>
      )}
      {total !== null && (
        <span class="muted number">
          {at + 1} of {total}
        </span>
      )}
    </nav>
  );
}

/** What a person does next with a trial: run it again, validate it, promote it. */
function Commands({ study, trial }: { readonly study: string; readonly trial: Detail }): VNode {
  const ended = trial.finishedAt !== null;
  return (
    <dl class="commands">
      {ended && (
        <div>
          <dt>Run its parameters and its seed ({trial.seed}) once more</dt>
          <dd>
            <Command text={repeatCommand(trial)} label="repeat" />
          </dd>
        </div>
      )}
      {trial.state === 'complete' && (
        <div>
          <dt>
            {trial.validation === null
              ? 'Validate it on folds that the search never saw'
              : `Validated: ${trial.validation.folds.length} of ${trial.validation.expected} evaluations; more seeds add evidence`}
          </dt>
          <dd>
            <Command text={`assay validate ${trial.address}`} label="validate" />
            <p>
              <a href={`/studies/${encodeURIComponent(study)}/validation?trial=${trial.number}`}>Evidence, gates and promotion</a>
            </p>
          </dd>
        </div>
      )}
      <div>
        <dt>All about it as JSON</dt>
        <dd>
          <Command text={`assay trial show ${trial.address} --json`} label="show" />
        </dd>
      </div>
    </dl>
  );
}
