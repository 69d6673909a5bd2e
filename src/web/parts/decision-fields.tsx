import type { VNode } from 'preact';

interface DecisionFieldsProps {
  readonly reasonLabel: string;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  /** Empty: the role of the database. */
  readonly name: string;
  readonly onName: (name: string) => void;
}

/** Why something is decided and who decides, as the ledger keeps both. */
export function DecisionFields({ reasonLabel, reason, onReason, name, onName }: DecisionFieldsProps): VNode {
  return (
    <>
      <label class="field">
        {reasonLabel}
        <textarea rows={2} maxLength={2000} value={reason} onInput={(event) => onReason(event.currentTarget.value)} />
      </label>
      <label class="field">
        Who decides (a statement, no login; empty: the role of the database)
        <input value={name} maxLength={100} autoComplete="name" onInput={(event) => onName(event.currentTarget.value)} />
      </label>
    </>
  );
}
