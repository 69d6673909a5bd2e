import { sessionsPerYearOf } from '../../validation/gates/daily.ts';
import type { Evidence } from '../../validation/gates/gate.ts';
import { dailyReturnsOf } from '../../validation/gates/worst.ts';
import { maxDrawdown, sharpe, totalReturn } from '../../validation/metrics.ts';
import { sharpeInterval } from '../../validation/statistics/bootstrap.ts';
import type { EvidenceBundle } from '../bundle/bundle.ts';
import type { DecisionRecord, LedgerGateResult } from '../record.ts';
import { type Html, html, table } from './html.ts';

/** The figures of every seed and baseline over all folds. */
export function seedSection({ seeds, baselines }: Evidence): Html {
  const year = sessionsPerYearOf(seeds);
  const rows = [
    ...seeds.map((seed) => figures(`seed ${seed.seed}`, dailyReturnsOf(seed), year)),
    ...Object.entries(baselines).map(([name, folds]) =>
      figures(
        `baseline ${name}`,
        folds.flatMap(({ dailyReturns }) => dailyReturns),
        year,
      ),
    ),
  ];
  return table(['', 'Net return', 'Largest daily drawdown', 'Daily Sharpe (95 % interval)', 'Annual Sharpe', 'Test days'], rows);
}

function figures(name: string, returns: readonly number[], sessionsPerYear: number): readonly string[] {
  const { low, high } = intervalOf(returns);
  const daily = sharpe(returns);
  return [
    name,
    percent(totalReturn(returns)),
    percent(maxDrawdown(returns)),
    `${ratio(daily)}${Number.isNaN(low) ? '' : ` (${ratio(low)} to ${ratio(high)})`}`,
    ratio(daily * Math.sqrt(sessionsPerYear)),
    String(returns.length),
  ];
}

/** NaN where the returns have no ratio. */
function intervalOf(returns: readonly number[]): { readonly low: number; readonly high: number } {
  if (returns.length < 3 || !returns.every(Number.isFinite)) return { low: Number.NaN, high: Number.NaN };
  return sharpeInterval(returns);
}

/** How much luck could have helped, in plain words. */
export function luckSection({ evidence: { search, looks, judged, windows, seeds, vault }, trial }: EvidenceBundle): Html {
  const days = Math.min(...seeds.map((seed) => dailyReturnsOf(seed).length));
  const looked = Number.isNaN(looks)
    ? 'How often these test days were looked at before is not known.'
    : looks === 1
      ? 'Nobody had looked at these test days before.'
      : `These test days were looked at ${looks} times, this time included, over all studies. Each look is one more chance to find something that is not there.`;
  return html`<section><h2>How much of this is luck?</h2>
<p>${trial} was chosen because it looked good in a search. ${count(search.trialsTried)} trials of its study gave a result; on the same data ${count(search.trialsOnSameData)} were tried over all studies. The best of that many looks good even if all are worthless. So the figures of the search count for nothing here, and the gates ask only what happened on days that the search never saw.</p>
<p>${looked}${judged.length > 1 ? ` Its study judged ${judged.length} models on them.` : ''} There are ${Number.isFinite(days) ? days : 0} test days in ${windows.length} folds and ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}: the fewer there are, the wider the interval beside each Sharpe ratio. An interval that reaches below 0 says that these days alone cannot tell skill from luck.</p>
<p>${vault === null ? 'No days were kept back and opened at the very end (no vault).' : `The vault, days that were kept from every other look, was opened on ${vault.openedAt.slice(0, 10)}.`}</p></section>`;
}

/** Every gate with its severity, what was observed and what was needed. */
export function gateSection({ verdicts, gates }: DecisionRecord): Html {
  // Records of earlier releases have no gate policies.
  const policies = (gates.policies as DecisionRecord['gates']['policies'] | undefined) ?? [];
  const named = policies.map(({ version }) => version).join(' and ');
  return html`<section><h2>Gates</h2>
<p>${named === '' ? '' : `Gate policy ${named}. `}A gate refuses a promotion, a warning is only recorded.</p>
<div class="words">${table(
    ['Gate', 'Result', 'Observed', 'Needs', 'In words', 'Version'],
    verdicts.map((verdict) => [
      verdict.gate,
      outcome(verdict),
      number(verdict.observed),
      `${verdict.op} ${number(verdict.threshold)}`,
      verdict.because,
      verdict.version,
    ]),
  )}</div></section>`;
}

function outcome({ passed, severity }: LedgerGateResult): Html {
  if (passed) return html`<span class="good">✓ pass</span>`;
  return severity === 'warn' ? html`<span class="warn">! warning</span>` : html`<span class="bad">✗ refused</span>`;
}

/** A figure of the ledger, rounded for people. */
export function number(value: number | string): string {
  if (value === 'NaN') return 'unknown';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}

function percent(value: number): string {
  return Number.isNaN(value) ? 'unknown' : `${(100 * value).toFixed(2)} %`;
}

function ratio(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toFixed(2);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
