import type { VNode } from 'preact';
import { count, duration, value } from '../../../plot/format.ts';
import type { Answers } from '../../data/api.ts';
import { Time } from '../../parts/value.tsx';

type Detail = Answers['/v1/studies/{}/trials/{}'];

/** What happened to each attempt, in words. */
const endings: Readonly<Record<NonNullable<Detail['attempts'][number]['ending']>, string>> = {
  complete: 'complete',
  pruned: 'pruned',
  failed: 'failed',
  cancelled: 'cancelled',
  lost: 'lost: its worker was not heard of in time',
  released: 'given back by its worker',
  paused: 'paused',
  forked: 'holds what the fork inherited',
};

export function Attempts({ trial: { attempts } }: { readonly trial: Detail }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys
    <section class="scroll" tabIndex={0} aria-label="Attempts">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Ended as</th>
            <th scope="col">Began</th>
            <th scope="col" class="right">
              Duration
            </th>
            <th scope="col" class="right">
              Resumed at step
            </th>
            <th scope="col">Worker</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ attempt, ending, startedAt, endedAt, resumedStep, worker }) => (
            <tr key={attempt}>
              <th scope="row" class="number">
                {attempt}
              </th>
              <td>{ending === null ? 'under way' : endings[ending]}</td>
              <td>
                <Time of={startedAt} />
              </td>
              <td class="right number">{endedAt === null ? value(null) : duration(Date.parse(endedAt) - Date.parse(startedAt))}</td>
              <td class="right number">{resumedStep === null ? value(null) : count(resumedStep)}</td>
              <td title={worker}>{worker}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Artifacts({ trial: { artifacts } }: { readonly trial: Detail }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys
    <section class="scroll" tabIndex={0} aria-label="Artifacts">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col" class="right">
              Attempt
            </th>
            <th scope="col" class="right">
              Bytes
            </th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {artifacts.map(({ attempt, role, hash, bytes }) => (
            <tr key={`${attempt} ${role}`}>
              <th scope="row" title={role}>
                <bdi>{role}</bdi>
              </th>
              <td class="right number">{attempt}</td>
              <td class="right number">{count(bytes)}</td>
              <td class="number" title={hash}>
                {hash.slice(0, 12)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Versions, processor and device of the newest attempt, and the source that it ran. */
export function RanOn({ trial: { attempts, worker } }: { readonly trial: Detail }): VNode {
  const newest = attempts.at(-1);
  if (newest === undefined) return <p>No worker has taken it yet.</p>;
  const facts: readonly (readonly [string, string])[] = [
    ['worker', worker ?? newest.worker],
    ...Object.entries(newest.ranOn ?? {}),
    ['source', newest.sourceHash ?? 'not kept, or more than one'],
    ['packages', newest.packagesHash ?? 'not kept'],
  ];
  return (
    <dl class="pairs">
      {facts.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="number">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
