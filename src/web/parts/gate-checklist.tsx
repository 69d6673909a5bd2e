import type { VNode } from 'preact';
import { Bullet } from './bullet.tsx';
import { bulletOf, observedOf } from './bullet-layout.ts';
import { changeOf, sayFigure, wordsOf } from './gate-words.ts';
import { type Mark, StateMark } from './state-mark.tsx';
import { isUnknown, type Standing, standingOf, type Verdict, worstFirst } from './verdict.ts';
import './gate-checklist.css';

const words: Readonly<Record<Standing, string>> = { pass: 'passes', fail: 'refuses', warn: 'warns' };

interface GateChecklistProps {
  readonly verdicts: readonly Verdict[];
  /** Versions of the gate policies that were asked. */
  readonly policies: readonly string[];
  /** Names the list for a screen reader. */
  readonly label: string;
}

/** What every gate observed against what it asks, and why: of a live check and of a record of the ledger alike. What refuses stands first. */
export function GateChecklist({ verdicts, policies, label }: GateChecklistProps): VNode {
  return (
    <div class="gates">
      <ul class="gates-list" aria-label={label}>
        {worstFirst(verdicts).map((verdict) => (
          <Row key={`${verdict.gate} ${verdict.version}`} verdict={verdict} />
        ))}
      </ul>
      <p class="muted gates-policies">
        Gate {policies.length === 1 ? 'policy' : 'policies'} <code>{policies.join(' and ')}</code>
        {policies.length > 1 && ': all must pass'}. A gate that refuses stops a promotion, a warning is only recorded. To the right of the
        line passes.
        {verdicts.every(({ gate }) => gate !== 'champion') &&
          ` A promotion to an alias that already names a version asks one gate more: ${wordsOf('champion').title}.`}
      </p>
    </div>
  );
}

function Row({ verdict }: { readonly verdict: Verdict }): VNode {
  const { gate, version, severity, op, threshold, because } = verdict;
  const { title, unit } = wordsOf(gate);
  const standing = standingOf(verdict);
  const bullet = bulletOf(verdict, unit);
  const rounding = op === '<=' || op === '<' ? 'up' : 'down';
  const observed = isUnknown(verdict) ? 'unknown' : sayFigure(unit, observedOf(verdict), rounding);
  const mark: Mark = standing;
  return (
    <li class="gate" data-standing={standing}>
      <div class="gate-verdict">
        <StateMark state={mark} word={words[standing]} />
      </div>
      <div class="gate-name">
        <strong>{title}</strong>
        <span class="muted">
          <code>{gate}</code> {severity === 'warn' && 'warning only'}
        </span>
      </div>
      <div class="gate-figures number">
        <span class="gate-observed">{observed}</span>
        <span class="muted">
          asked {signs[op]} {sayFigure(unit, threshold, rounding === 'up' ? 'down' : 'up')}
        </span>
      </div>
      <div class="gate-bullet">
        <Bullet of={bullet} standing={standing} />
        <span class="muted">{bullet.margin}</span>
      </div>
      <div class="gate-because">
        <p>{because}</p>
        <details open={standing === 'fail' ? true : undefined}>
          <summary>What would change this</summary>
          <p>{changeOf(verdict)}</p>
          <p class="muted">
            Rule <code>{version}</code>
          </p>
        </details>
      </div>
    </li>
  );
}

const signs: Readonly<Record<Verdict['op'], string>> = { '>=': '≥', '<=': '≤', '>': '>', '<': '<', '==': '=' };
