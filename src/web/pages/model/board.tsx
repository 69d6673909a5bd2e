import type { z } from '@hono/zod-openapi';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { boardSchema } from '../../../api/routes/board.ts';
import { utc } from '../../../plot/format.ts';
import { useAnswer } from '../../data/query.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { counted } from '../../parts/counted.ts';
import { DecisionFields } from '../../parts/decision-fields.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ProblemNote } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { trialHref } from '../../parts/trial-href.ts';
import { useOrder } from '../../parts/use-order.ts';
import { Time } from '../../parts/value.tsx';
import { promotedBy } from './promoted-by.ts';

type BoardAnswer = z.output<typeof boardSchema>;

/** A column for each alias, with the version that it names. */
export function Board({ board }: { readonly board: BoardAnswer }): VNode {
  return (
    <ul class="board">
      {board.columns.map((column) => (
        <li key={column.alias}>
          <AliasColumn board={board} column={column} />
        </li>
      ))}
    </ul>
  );
}

interface AliasColumnProps {
  readonly board: BoardAnswer;
  readonly column: BoardAnswer['columns'][number];
}

function AliasColumn({ board, column: { alias, version, movedAt, previous } }: AliasColumnProps): VNode {
  const [asked, setAsked] = useState<Seen | null>(null);
  return (
    <>
      <header class="board-head">
        <h3>
          @{alias} <span class="muted">→ {version}</span>
        </h3>
        <button
          type="button"
          disabled={previous === null}
          title={previous === null ? 'it never named another version' : undefined}
          onClick={() => setAsked({ version, before: previous, sequence: board.lastDecision?.sequence ?? 0 })}
        >
          <Icon name="undo" /> Roll back …
        </button>
      </header>
      <VersionCard model={board.name} version={version} />
      <p class="muted small-text">
        Moved <Time of={movedAt} />
        {previous === null && '; it never named another version, so there is nothing to roll back to'}
      </p>
      <Rollback model={board.name} alias={alias} seen={asked} onClose={() => setAsked(null)} />
    </>
  );
}

/** What a version is and what its promotion rests on, from the record that promoted it. */
function VersionCard({ model, version }: { readonly model: string; readonly version: number }): VNode {
  const { data, error, refetch } = useAnswer({ path: '/v1/models/{}/versions/{}', parts: [model, version] }).value;
  const problem = error !== null && <ProblemNote problem={error} again={() => void refetch()} />;
  if (data === undefined) return problem || <div class="panel-skeleton" role="status" aria-label={`${model}@${version} is loading`} />;
  const { promotion, record, trial, expiresAt, expired, overrides } = data;
  const { mark, word, warnings } = promotedBy(promotion, record);
  const read = record?.['data'] as readonly { readonly name: string; readonly hash: string }[] | undefined;
  return (
    <div class="board-card">
      {problem}
      <p>
        <strong>
          {model}@{version}
        </strong>{' '}
        <a href={trialHref(trial)}>{trial}</a>
      </p>
      <p>
        <StateMark state={mark} word={word} />
        {warnings > 0 && (
          <>
            {' '}
            <StateMark state="warn" word={counted(warnings, 'warning')} />
          </>
        )}
      </p>
      <p>
        {expired && (
          <>
            <StateMark state="fail" word="expired" />{' '}
          </>
        )}
        {expiresAt === null
          ? 'no date of expiry is known'
          : `${expired ? 'was valid until' : 'valid until'} ${utc(expiresAt).slice(0, 10)}`}
      </p>
      <p class="muted small-text">
        {promotion !== null && (
          <>
            by {promotion.by}, <Time of={promotion.at} />
          </>
        )}
        {read?.map(({ name, hash }) => (
          <span key={hash}>
            ; data {name} <code title={hash}>{hash.slice(0, 8)}</code>
          </span>
        ))}
      </p>
      {overrides.map(({ sequence, by, requestedBy, reason, promotionReason }) => (
        <p key={sequence} class="caution">
          Override (record {sequence}): {requestedBy} was refused, {by} set it aside: {reason}
          {promotionReason !== null && `; promoted because: ${promotionReason}`}
        </p>
      ))}
    </div>
  );
}

/** What a person saw who asked for a rollback: it is carried out only if this still holds. */
interface Seen {
  readonly version: number;
  /** To which it goes back; null: to none, and nobody can ask. */
  readonly before: number | null;
  /** Of the newest decision on the model; 0: none. */
  readonly sequence: number;
}

interface RollbackProps {
  readonly model: string;
  readonly alias: string;
  /** Null: nobody asks. */
  readonly seen: Seen | null;
  readonly onClose: () => void;
}

function Rollback({ model, alias, seen, onClose }: RollbackProps): VNode {
  const send = useOrder();
  const [reason, setReason] = useState('');
  const [name, setName] = useState('');
  const body = { reason: reason.trim(), ...(name.trim() !== '' && { as: name.trim() }) };
  const address = `/v1/models/${encodeURIComponent(model)}/aliases/${encodeURIComponent(alias)}/rollback`;
  return (
    <Confirm
      title={`Roll ${model}@${alias} back`}
      open={seen !== null}
      onClose={onClose}
      action={`Roll ${model}@${alias} back`}
      danger
      ready={body.reason !== ''}
      onConfirm={async () => {
        await send(address, body, `W/"${model}@${seen!.sequence}"`);
        setReason('');
      }}
    >
      <div class="promote-form">
        <p>
          {model}@{alias} names version {seen?.version} and will name version {seen?.before}. The bytes of that version and its evidence are
          checked first. Version {seen?.version} may not return before its cool-down is over. The record stays for ever.
        </p>
        <DecisionFields reasonLabel="Reason" reason={reason} onReason={setReason} name={name} onName={setName} />
      </div>
    </Confirm>
  );
}
