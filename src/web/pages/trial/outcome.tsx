import type { ComponentChildren, VNode } from 'preact';
import { duration } from '../../../plot/format.ts';
import type { Answers } from '../../data/api.ts';
import { counted } from '../../parts/counted.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time, Value } from '../../parts/value.tsx';

type Detail = Answers['/v1/studies/{}/trials/{}'];

interface OutcomeProps {
  readonly study: string;
  readonly trial: Detail;
  readonly direction: 'minimize' | 'maximize' | undefined;
}

/** What came of a trial, and why. */
export function Outcome({ study, trial, direction }: OutcomeProps): VNode {
  const {
    configuration,
    state,
    value,
    values,
    nonFinite,
    lastReport,
    noise,
    constraints,
    feasible,
    metrics,
    startedAt,
    finishedAt,
    durationMs,
    seed,
  } = trial;
  const to = (number: number): string => `/studies/${encodeURIComponent(study)}/trials/${number}`;
  const names = Object.keys(metrics);
  return (
    <>
      <dl class="facts">
        <Fact term="State">
          <StateMark state={state} />
        </Fact>
        {values === undefined ? (
          <Fact term={direction === undefined ? 'Value' : `Value (${direction === 'maximize' ? 'higher' : 'lower'} is better)`} large>
            <Value of={value} nonFinite={nonFinite?.['value']} />
          </Fact>
        ) : (
          Object.entries(values).map(([name, each]) => (
            <Fact key={name} term={name} large>
              <Value of={each} nonFinite={nonFinite?.[`values.${name}`]} />
            </Fact>
          ))
        )}
        {value === null && lastReport !== null && (
          <Fact term={`Newest report, at step ${lastReport.step}`}>
            <Value of={lastReport.value} nonFinite={nonFinite?.['lastReport']} />
          </Fact>
        )}
        {configuration !== undefined && (
          <>
            <Fact term={`Mean of ${counted(configuration.n, 'trial')} with these parameters`}>
              <Value of={configuration.mean} nonFinite={nonFinite?.['configuration.mean']} />
            </Fact>
            <Fact term="Their deviation">
              <Value of={configuration.sd} nonFinite={nonFinite?.['configuration.sd']} />
            </Fact>
            <Fact term="The worst of them">
              <Value of={configuration.worst} nonFinite={nonFinite?.['configuration.worst']} />
            </Fact>
          </>
        )}
        {noise !== undefined && (
          <Fact term={noise.seeds === undefined ? 'Standard error' : `Standard error, by ${noise.seeds} seeds`}>
            <Value of={Math.sqrt(noise.variance)} />
          </Fact>
        )}
        {constraints !== undefined && (
          <Fact term={feasible === true ? 'Constraints, all met' : 'Constraints, not all met (0 or less is)'}>
            {constraints.map((each, i) => (
              <span key={i} class="spaced">
                <Value of={each} nonFinite={nonFinite?.[`constraints.${i}`]} />
              </span>
            ))}
          </Fact>
        )}
        <Fact term="Duration">
          <span class="number">{duration(durationMs)}</span>
        </Fact>
        <Fact term={finishedAt === null ? 'Began' : 'Ended'}>
          <Time of={finishedAt ?? startedAt} />
        </Fact>
        <Fact term="Seed">
          <span class="number">{seed}</span>
        </Fact>
        {trial.forkedFrom !== undefined && (
          <Fact term={`Forked at step ${trial.forkedFrom.step} from`}>
            <a href={to(trial.forkedFrom.number)}>trial {trial.forkedFrom.number}</a>
          </Fact>
        )}
        {trial.repeatOf !== undefined && (
          <Fact term="Repeats">
            <a href={to(Number(trial.repeatOf.split('#').at(-1)))}>{trial.repeatOf}</a>
          </Fact>
        )}
      </dl>
      <Why trial={trial} />
      {names.length > 0 && (
        <dl class="facts metrics">
          {names.map((name) => (
            <Fact key={name} term={name}>
              <Value of={metrics[name]} nonFinite={nonFinite?.[`metrics.${name}`]} />
            </Fact>
          ))}
        </dl>
      )}
    </>
  );
}

function Fact({
  term,
  large = false,
  children,
}: {
  readonly term: string;
  readonly large?: boolean;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd class={large ? 'large' : undefined}>{children}</dd>
    </div>
  );
}

/** Why it failed, was pruned, paused or cancelled, in the words that were stored. */
function Why({ trial: { error, reason, cancelledBy, pausedBy } }: { readonly trial: Detail }): VNode | null {
  if (error !== undefined)
    return (
      <div class="problem">
        <p class="said">
          {error.message} <code>{error.code}</code>
        </p>
        {error.hint !== undefined && <p class="muted">{error.hint}</p>}
      </div>
    );
  const by = cancelledBy === undefined ? (pausedBy === undefined ? '' : `Paused by ${pausedBy}`) : `Cancelled by ${cancelledBy}`;
  const words = [by, reason ?? ''].filter((part) => part !== '').join(': ');
  return words === '' ? null : <p class="said">{words}</p>;
}
