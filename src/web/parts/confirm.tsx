import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../data/problem.ts';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './panel.tsx';

interface ConfirmProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** The word on the button that carries it out. */
  readonly action: string;
  /** True: what it does cannot be undone. */
  readonly danger?: boolean;
  /** False: something is still missing. */
  readonly ready?: boolean;
  /** Carries it out; the dialog closes when it resolves and says what went wrong when it rejects. */
  readonly onConfirm: () => Promise<unknown>;
  readonly children: ComponentChildren;
}

/** Asks before an order is sent, and stays open with the problem if it is refused. */
export function Confirm({ title, open, onClose, action, danger = false, ready = true, onConfirm, children }: ConfirmProps): VNode {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const close = (): void => {
    setProblem(null);
    onClose();
  };
  const send = async (): Promise<void> => {
    setSending(true);
    setProblem(null);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem({ status: 0, code: 'internal', detail: String(error) }));
    } finally {
      setSending(false);
    }
  };
  const actions = (
    <>
      <button type="button" onClick={close}>
        Keep as it is
      </button>
      <button
        type="button"
        class={danger ? 'danger' : 'primary'}
        disabled={!ready || sending}
        aria-busy={sending}
        onClick={() => void send()}
      >
        {action}
      </button>
    </>
  );
  return (
    <Dialog title={title} open={open} onClose={close} actions={actions}>
      {children}
      {problem !== null && <ProblemNote problem={problem} again={() => void send()} />}
    </Dialog>
  );
}
