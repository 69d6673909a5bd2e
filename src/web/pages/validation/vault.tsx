import type { VNode } from 'preact';
import { percent, utc } from '../../../plot/format.ts';
import type { Answers } from '../../data/api.ts';
import { Command } from '../../parts/command.tsx';
import { counted } from '../../parts/counted.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time, Value } from '../../parts/value.tsx';

type Vault = Answers['/v1/studies/{}/trials/{}/vault'];

/** The sessions that a study keeps from everything but one look, and that look. */
export function VaultLook({ answer: { address, vault, opened, result, items } }: { readonly answer: Vault }): VNode {
  if (vault === null)
    return (
      <p class="muted">
        This study keeps no vault: no sessions are left that nobody saw. <code>sessions.vaultSessions</code> in its file sets the last ones
        aside.
      </p>
    );
  const command = `assay vault open '${address}' --reason '…'`;
  return (
    <>
      <p>
        <StateMark state={opened === null ? 'frozen' : 'complete'} word={opened === null ? 'closed' : 'opened'} /> The last{' '}
        {counted(vault.sessions, 'session')} of {vault.dataset} <code title={vault.hash}>{vault.hash.slice(0, 8)}</code>, from{' '}
        {utc(vault.from).slice(0, 10)} until {utc(vault.until).slice(0, 10)}.
      </p>
      {opened === null ? (
        <>
          <p>Nothing reads them before one look, which every other gate has to pass first. It counts, whatever it shows.</p>
          <Command text={command} label="open the vault" />
        </>
      ) : (
        <p class="muted">
          Record {opened.record}: by {opened.by}, <Time of={opened.at} />: “{opened.reason}”
          {result !== null && `; record ${result.record}: what it showed`}
        </p>
      )}
      {opened !== null && result === null && (
        <>
          <p>The look was interrupted before its result was written. It is opened all the same; the same command finishes it.</p>
          <Command text={command} label="finish the look at the vault" />
        </>
      )}
      {items.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Seed</th>
              {['Days', 'Return', 'Daily Sharpe ratio', 'Largest drawdown'].map((title) => (
                <th key={title} scope="col" class="right">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map(({ seed, days, metrics, nonFinite }) => (
              <tr key={seed}>
                <th scope="row">{seed}</th>
                <td class="right number">{days}</td>
                <td class="right number">{percent(metrics['totalReturn'])}</td>
                <td class="right">
                  <Value of={metrics['sharpeDaily']} nonFinite={nonFinite?.['sharpeDaily']} />
                </td>
                <td class="right number">{percent(metrics['maxDrawdown'])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
