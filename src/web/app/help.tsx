import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { utc } from '../../plot/format.ts';
import { Problem } from '../data/problem.ts';
import { useAnswer } from '../data/query.ts';
import { signOut } from '../data/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { globalKeys, keysOn, switchKeys } from './keys.ts';

const others: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'Filter of the page'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row'],
  ['[  ]', 'Previous and next trial'],
  ['g /', 'Go to a study, trial or model'],
  ['?', 'This help'],
  ['Esc', 'Close'],
];

/** What the keys do, a switch for all of them, and where more is written. */
export function Help({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): VNode {
  const rows = [...others, ...globalKeys.map(([keys, what]) => [keys, what] as const)];
  return (
    <Dialog title="Help and keys" open={open} onClose={onClose}>
      <table class="keys">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">What they do</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([keys, what]) => (
            <tr key={keys}>
              <td>
                {keys.split(/ +/).map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="box-line">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => switchKeys(event.currentTarget.checked)} /> Single keys do this
      </label>
      <p class="muted">
        The same data as a program reads them: <a href="/openapi.json">/openapi.json</a>.
      </p>
      {open && <EndSession />}
    </Dialog>
  );
}

/** A way to sign out, where this browser has signed in. */
function EndSession(): VNode | null {
  const { data } = useAnswer({ path: '/v1/session' }).value;
  const [problem, setProblem] = useState<string | null>(null);
  if (data === undefined || data.endsAt === null) return null;
  const end = (): void => {
    setProblem(null);
    signOut().catch((error: unknown) => setProblem(error instanceof Problem ? error.message : String(error)));
  };
  return (
    <>
      <p class="muted">
        <button type="button" class="as-link" onClick={end}>
          End this session
        </button>{' '}
        when you leave. It ends by itself at <time dateTime={data.endsAt}>{utc(data.endsAt)}</time>.
      </p>
      {problem !== null && (
        <p class="problem" role="alert">
          The session was not ended: {problem}.
        </p>
      )}
    </>
  );
}
