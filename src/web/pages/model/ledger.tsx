import type { z } from '@hono/zod-openapi';
import type { VNode } from 'preact';
import type { decisionSchema, historyPageSchema } from '../../../api/routes/models.ts';
import { wordsOf } from '../../parts/gate-words.ts';
import { type Mark, StateMark } from '../../parts/state-mark.tsx';
import { trialHref } from '../../parts/trial-href.ts';
import { Time } from '../../parts/value.tsx';

type Decision = z.output<typeof decisionSchema>;

interface LedgerProps {
  readonly page: z.output<typeof historyPageSchema>;
  readonly model: string;
  /** True: the newest page. */
  readonly first: boolean;
  readonly onOpen: (sequence: number) => void;
  readonly onOlder: (cursor: string) => void;
}

/** Every decision, the newest first. Each opens its whole record. */
export function Ledger({ page: { items, next, total }, model, first, onOpen, onOlder }: LedgerProps): VNode {
  return (
    <>
      <ol class="ledger" aria-label={`Records of ${model}`}>
        {items.map((item) => (
          <li key={item.sequence} class="ledger-row" data-standing={kinds[item.kind].mark}>
            <a
              class="ledger-number number"
              href={`/models/${encodeURIComponent(model)}?record=${item.sequence}`}
              aria-label={`Record ${item.sequence}, whole`}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onOpen(item.sequence);
              }}
            >
              {item.sequence}
            </a>
            <span class="ledger-kind">
              <StateMark state={kinds[item.kind].mark} word={kinds[item.kind].word} />
            </span>
            <div class="ledger-what">
              <p>{sentenceOf(item)}</p>
              <p class="muted">
                <a href={trialHref(item.address)}>{item.address}</a> by {item.by}, <Time of={item.at} />
                {item.reason !== null && `; “${item.reason}”`}
                {item.override?.promotionReason != null && `; promoted because “${item.override.promotionReason}”`}
              </p>
              {item.failedGates.length > 0 && <p>Refused by {item.failedGates.map((gate) => wordsOf(gate).title).join(', ')}.</p>}
              {item.warnings.length > 0 && <p class="muted">Warned: {item.warnings.map((gate) => wordsOf(gate).title).join(', ')}.</p>}
            </div>
            <code class="ledger-hash" title={item.hash}>
              {item.hash.slice(0, 8)}
            </code>
          </li>
        ))}
      </ol>
      <p class="muted">
        {items.length} of {total} records.{' '}
        {next !== null && (
          <button type="button" class="small" onClick={() => onOlder(next)}>
            Older
          </button>
        )}
        {!first && (
          <button type="button" class="small" onClick={() => onOlder('')}>
            Newest
          </button>
        )}
      </p>
    </>
  );
}

const kinds: Readonly<Record<Decision['kind'], { readonly mark: Mark; readonly word: string }>> = {
  promoted: { mark: 'pass', word: 'promoted' },
  refused: { mark: 'fail', word: 'refused' },
  override: { mark: 'warn', word: 'override' },
  rollback: { mark: 'paused', word: 'rolled back' },
  'vault-opened': { mark: 'frozen', word: 'vault opened' },
  'vault-result': { mark: 'frozen', word: 'vault result' },
};

function sentenceOf({ kind, model, alias, version, override, expired }: Decision): string {
  const name = `${model}@${alias}`;
  switch (kind) {
    case 'promoted':
      return `${name} names version ${version}${expired ? '; the evidence has expired since' : ''}`;
    case 'refused':
      return `not ${name}: the alias stayed where it was`;
    case 'override':
      return `${name} names version ${version}, though the gates refused it: record ${override?.refusal} to ${override?.requestedBy} was set aside`;
    case 'rollback':
      return `${name} names version ${version} again`;
    case 'vault-opened':
      return 'the one look at the vault, written down before anything of it was known';
    case 'vault-result':
      return 'what the look at the vault showed';
  }
}
