import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../data/problem.ts';
import { signIn } from '../data/session.ts';
import { fieldText } from '../parts/field-text.ts';

/** Asks for the token of the server; what the browser gets for it is a cookie that no script can read. */
export function SignIn(): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const send = async (form: HTMLFormElement): Promise<void> => {
    setSending(true);
    setProblem(null);
    try {
      await signIn(fieldText(form, 'token'));
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem({ status: 0, code: 'internal', detail: String(error) }));
    } finally {
      setSending(false);
    }
  };
  return (
    <main id="main" class="sign-in">
      <h1 tabIndex={-1}>Assay</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <label class="field">
          Token of this server
          <input type="password" name="token" autocomplete="current-password" required aria-describedby="token-note" />
        </label>
        <p id="token-note" class="muted">
          It is the ASSAY_TOKEN that <code>assay serve</code> was started with. This browser stays signed in for twelve hours.
        </p>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem.message}. {problem.hint}
          </p>
        )}
        <button type="submit" class="primary" disabled={sending}>
          Sign in
        </button>
      </form>
    </main>
  );
}
