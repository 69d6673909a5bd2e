import type { z } from '@hono/zod-openapi';
import type { ReadonlySignal } from '@preact/signals';
import type { QueryObserverResult } from '@tanstack/query-core';
import type { VNode } from 'preact';
import type { ledgerReportSchema } from '../../api/routes/ledger.ts';
import type { Problem } from '../data/problem.ts';
import { counted } from './counted.ts';
import { StateMark } from './state-mark.tsx';
import './chain-mark.css';

type Report = z.output<typeof ledgerReportSchema>;

/** Whether the ledger is intact: each record has its hash, follows the one before, is signed, and the tables follow from it. */
export function ChainMark({ report }: { readonly report: ReadonlySignal<QueryObserverResult<Report, Problem>> }): VNode {
  const { data, error } = report.value;
  if (error !== null)
    return (
      <p class="chain">
        <StateMark state="fail" word="not verified" /> The ledger could not be verified: {error.message}
      </p>
    );
  if (data === undefined) return <p class="chain muted">The ledger is being verified …</p>;
  const { intact, records, head, unsigned, keys, witness, findings } = data;
  return (
    <div class="chain">
      <p>
        <StateMark state={intact ? 'pass' : 'fail'} word={intact ? 'The ledger verifies' : 'The ledger does not verify'} />:{' '}
        <span class="muted">
          {counted(records, 'record')}; {unsigned === 0 ? 'all signed' : `${unsigned} not signed`} by {counted(keys.length, 'key')};{' '}
          {witness === null ? 'no witness outside of the database' : `witness ${witness}`}
          {head !== null && (
            <>
              ; head <code title={head}>{head.slice(0, 12)}</code>
            </>
          )}
        </span>
      </p>
      {findings.length > 0 && (
        <ul>
          {findings.map(({ check, state, place, found }) => (
            <li key={`${check} ${place} ${found}`}>
              <StateMark state={state} word={check} /> {place}: {found}
            </li>
          ))}
        </ul>
      )}
      {!intact && <p class="muted">Decide nothing on it before you know why: docs/ledger.md says what each check protects against.</p>}
    </div>
  );
}
