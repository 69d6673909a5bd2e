import type { z } from '@hono/zod-openapi';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { decisionSchema } from '../../api/routes/models.ts';
import type { promotedSchema } from '../../api/routes/promotions.ts';
import { Problem } from '../data/problem.ts';
import { useAnswer } from '../data/query.ts';
import { DecisionFields } from './decision-fields.tsx';
import { Dialog } from './dialog.tsx';
import { GateChecklist } from './gate-checklist.tsx';
import { wordsOf } from './gate-words.ts';
import { Icon } from './icon.tsx';
import { ProblemNote } from './panel.tsx';
import { StateMark } from './state-mark.tsx';
import { useOrder } from './use-order.ts';
import { admits, standingOf, type Verdict } from './verdict.ts';
import './promote-dialog.css';

type Decision = z.output<typeof decisionSchema>;
type Promoted = z.output<typeof promotedSchema>;

interface PromoteProps {
  readonly study: string;
  readonly trial: number;
  /** A gate policy that is asked beside the study's own; empty: none. */
  readonly policy: string;
}

/** Opens the dialog that asks for a promotion. */
export function PromoteButton(props: PromoteProps): VNode {
  const [open, setOpen] = useState(false);
  const address = `${props.study}#${props.trial}`;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="promote" /> Promote …
      </button>
      <Dialog title={`Promote ${address}`} open={open} onClose={() => setOpen(false)}>
        <Asking {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

const modelPattern = '[a-z0-9][a-z0-9._\\-]{0,99}';
const aliasPattern = '([a-z]|[0-9]+[a-z._\\-])[a-z0-9._\\-]{0,80}';
const fits = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`).test(text);

/** What the gates say of this promotion first, then what a person has to say. */
function Asking({ study, trial, policy, onClose }: PromoteProps & { readonly onClose: () => void }): VNode {
  const models = useAnswer({ path: '/v1/models', query: { limit: 200 } });
  const known = models.value.data?.items.map(({ name }) => name) ?? [];
  const [typed, setTyped] = useState<string | null>(null);
  const model = typed ?? known[0] ?? study;
  const [alias, setAlias] = useState('champion');
  const [promoted, setPromoted] = useState<Promoted | null>(null);
  const named = fits(modelPattern, model) && fits(aliasPattern, alias);
  const gates = useAnswer({
    path: '/v1/studies/{}/trials/{}/gates',
    parts: [study, trial],
    query: { policy, to: `${model}@${alias}` },
    enabled: named && !models.value.isPending,
  });
  const { data, error, isPlaceholderData, isFetching, refetch } = gates.value;
  const current = data?.to?.model === model && data.to.alias === alias && !isPlaceholderData ? data : undefined;
  if (promoted !== null) return <Outcome promoted={promoted} onClose={onClose} />;
  return (
    <div class="promote">
      <fieldset class="promote-target">
        <legend>Becomes</legend>
        <label class="field">
          Model
          <input value={model} pattern={modelPattern} list="known-models" onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <datalist id="known-models">
          {known.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <label class="field">
          Alias
          <input value={alias} pattern={aliasPattern} onInput={(event) => setAlias(event.currentTarget.value)} />
        </label>
        <p class="muted" aria-live="polite">
          {!named
            ? 'Names have lower-case letters, digits, dot, underscore and hyphen.'
            : current === undefined
              ? isFetching
                ? 'The gates are asked …'
                : ''
              : current.to!.version === null
                ? `${model}@${alias} names nothing yet.`
                : `${model}@${alias} names version ${current.to!.version} now.`}
        </p>
      </fieldset>
      {error !== null && <ProblemNote problem={error} again={() => void refetch()} />}
      {current !== undefined && (
        <>
          <Said verdicts={current.verdicts} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys */}
          <section class="promote-gates" aria-label="Gate checklist" tabIndex={0}>
            <GateChecklist
              verdicts={current.verdicts}
              policies={current.policies.map(({ version }) => version)}
              label={`Gates of ${current.address} for ${model}@${alias}`}
            />
          </section>
          <Form
            key={`${model}@${alias}`}
            {...{ study, trial, policy, model, alias }}
            tag={current.tag!}
            verdicts={current.verdicts}
            onPromoted={setPromoted}
          />
        </>
      )}
    </div>
  );
}

function Said({ verdicts }: { readonly verdicts: readonly Verdict[] }): VNode {
  const admitted = admits(verdicts);
  const refusing = verdicts.filter((verdict) => standingOf(verdict) === 'fail');
  return (
    <p class="promote-said">
      <StateMark state={admitted ? 'pass' : 'fail'} word={admitted ? 'Every gate that can refuse passes.' : 'Refused.'} />
      {!admitted && ` ${refusing.map(({ gate }) => wordsOf(gate).title).join(', ')}.`}
    </p>
  );
}

interface FormProps extends PromoteProps {
  readonly model: string;
  readonly alias: string;
  readonly tag: string;
  readonly verdicts: readonly Verdict[];
  readonly onPromoted: (promoted: Promoted) => void;
}

/** The button that promotes is there only where no gate refuses; past a refusal leads another principal's override, with its reason. */
function Form({ study, trial, policy, model, alias, tag, verdicts, onPromoted }: FormProps): VNode {
  const admitted = admits(verdicts);
  const send = useOrder();
  const [reason, setReason] = useState('');
  const [name, setName] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const history = useAnswer({ path: '/v1/models/{}/history', parts: [model], query: { limit: 200 }, enabled: !admitted });
  const refusal = refusalOf(history.value.data?.items ?? [], `${study}#${trial}`, alias);
  const ask = async (past: boolean): Promise<void> => {
    setSending(true);
    setProblem(null);
    const text = reason.trim();
    const body = {
      model,
      alias,
      ...(policy !== '' && { policy }),
      ...(name.trim() !== '' && { as: name.trim() }),
      ...(past ? { override: text } : text !== '' && { reason: text }),
    };
    try {
      const address = `/v1/studies/${encodeURIComponent(study)}/trials/${trial}/promote`;
      onPromoted((await send(address, body, `"${tag}"`)) as Promoted);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem({ status: 0, code: 'internal', detail: String(error) }));
    } finally {
      setSending(false);
    }
  };
  const fields = (
    <>
      <DecisionFields
        reasonLabel={admitted || refusal === null ? 'Reason, for the record' : 'Why the refusal does not count here'}
        reason={reason}
        onReason={setReason}
        name={name}
        onName={setName}
      />
      {problem !== null && <ProblemNote problem={problem} again={() => void ask(!admitted && refusal !== null)} />}
    </>
  );
  if (admitted)
    return (
      <form
        class="promote-form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(false);
        }}
      >
        {fields}
        <p>
          <button type="submit" class="primary" disabled={sending} aria-busy={sending}>
            Promote to {model}@{alias}
          </button>{' '}
          <span class="muted">Recorded for ever, and signed.</span>
        </p>
      </form>
    );
  return (
    <details class="promote-form">
      <summary>Promote it all the same: an override</summary>
      {refusal === null ? (
        <p>
          An override sets a recorded refusal aside, by another person than who asked. Promotion was not asked for yet: asking now records
          the refusal with every verdict, for ever.
        </p>
      ) : (
        <p>
          Record {refusal.sequence} refused this to {refusal.by}. Another principal may set it aside. It stays visible for ever that{' '}
          {verdicts
            .filter((verdict) => standingOf(verdict) === 'fail')
            .map(({ gate }) => wordsOf(gate).title)
            .join(', ')}{' '}
          did not pass.
        </p>
      )}
      {fields}
      <p>
        {refusal === null ? (
          <button type="button" disabled={sending} onClick={() => void ask(false)}>
            Ask, and record the refusal
          </button>
        ) : (
          <button type="button" class="danger" disabled={sending || reason.trim() === ''} onClick={() => void ask(true)}>
            Override record {refusal.sequence}
          </button>
        )}
      </p>
    </details>
  );
}

/** The newest decision on a trial and alias, if it is a refusal: what an override sets aside. @param items newest first */
function refusalOf(items: readonly Decision[], address: string, alias: string): Decision | null {
  const newest = items.find((item) => item.address === address && item.alias === alias && item.kind !== 'rollback');
  return newest?.kind === 'refused' ? newest : null;
}

function Outcome({ promoted, onClose }: { readonly promoted: Promoted; readonly onClose: () => void }): VNode {
  const { address, version, promotion, witnessed } = promoted;
  const { model, alias, sequence, hash } = promotion;
  const record = `/models/${encodeURIComponent(model ?? '')}?record=${sequence}`;
  return (
    <div class="promote" role="status">
      <p class="promote-said">
        <StateMark
          state={version === null ? 'fail' : promotion.kind === 'override' ? 'warn' : 'pass'}
          word={
            version === null
              ? `Refused, and written down: ${address} is not ${model}@${alias}.`
              : `${address} is ${model}@${version}, and ${model}@${alias} points to it${promotion.kind === 'override' ? ', by an override' : ''}.`
          }
        />
      </p>
      <p>
        <a href={record}>Record {sequence} of the ledger</a>, <code title={hash}>{hash.slice(0, 12)}</code>
      </p>
      {witnessed !== null && witnessed.failure !== null && (
        <p class="problem">
          The witness {witnessed.place} could not be written: {witnessed.failure}. The decision stands.
        </p>
      )}
      <p>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    </div>
  );
}
