import type { z } from '@hono/zod-openapi';
import type { ReadonlySignal } from '@preact/signals';
import type { QueryObserverResult } from '@tanstack/query-core';
import type { VNode } from 'preact';
import type { ledgerReportSchema } from '../../../api/routes/ledger.ts';
import type { Problem } from '../../data/problem.ts';
import { useAnswer } from '../../data/query.ts';
import { GateChecklist } from '../../parts/gate-checklist.tsx';
import { ProblemNote } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time } from '../../parts/value.tsx';
import { verdictsOfRecord } from '../../parts/verdict.ts';

interface RecordProps {
  readonly model: string;
  readonly sequence: number;
  readonly chain: ReadonlySignal<QueryObserverResult<z.output<typeof ledgerReportSchema>, Problem>>;
}

/** A whole record: who decided when and why, every verdict as it was written down, its hashes, and its text. */
export function Record({ model, sequence, chain }: RecordProps): VNode {
  const { data, error, refetch } = useAnswer({ path: '/v1/models/{}/records/{}', parts: [model, sequence] }).value;
  if (data === undefined)
    return error === null ? (
      <div class="panel-skeleton" role="status" aria-label="The record is loading" />
    ) : (
      <ProblemNote problem={error} again={() => void refetch()} />
    );
  const { decision, record } = data;
  const verdicts = verdictsOfRecord(record);
  const { data: report, error: unverified } = chain.value;
  const found = report?.findings.filter(({ place }) => place === `record ${sequence}`) ?? [];
  const rows: readonly (readonly [name: string, text: string | null])[] = [
    ['Trial', decision.address],
    ['By', decision.by],
    ['Reason', decision.reason],
    ...(decision.override === null ? [] : [['Reason of the promotion', decision.override.promotionReason] as const]),
    ['Its hash', decision.hash],
    ['Hash of the record before', decision.previousHash],
    ['Signed by', decision.signer],
    ['Evidence bundle', decision.bundleHash],
  ];
  return (
    <div class="record">
      <p>
        <strong>{decision.kind}</strong> <Time of={decision.at} />
      </p>
      <p>
        {unverified !== null ? (
          <>
            <StateMark state="fail" word="not verified" /> The chain could not be verified: {unverified.message}
          </>
        ) : report === undefined ? (
          <span class="muted">The chain is being verified …</span>
        ) : (
          <StateMark
            state={report.intact ? 'pass' : 'fail'}
            word={
              report.intact
                ? 'The chain verifies, this record in it'
                : `The chain does not verify${found.length > 0 ? ': this record is damaged' : ', at another place'}`
            }
          />
        )}
        {found.map(({ check, found: what }) => (
          <span key={check + what}>
            {' '}
            {check}: {what}
          </span>
        ))}
      </p>
      <dl class="record-facts">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text ?? 'none'}</dd>
          </div>
        ))}
      </dl>
      {verdicts.length > 0 && <GateChecklist verdicts={verdicts} policies={policiesOf(record)} label={`Gates in record ${sequence}`} />}
      <details>
        <summary>The whole record</summary>
        <pre>{JSON.stringify(record, null, 2)}</pre>
      </details>
    </div>
  );
}

/** Versions of the gate policies of a record; records of earlier releases have none. */
function policiesOf(record: Readonly<globalThis.Record<string, unknown>>): readonly string[] {
  const gates = record['gates'] as { readonly policies?: readonly { readonly version: string }[] } | undefined;
  return gates?.policies?.map(({ version }) => version) ?? [];
}
