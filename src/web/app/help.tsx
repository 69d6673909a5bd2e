import type { VNode } from 'preact';
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
        The same data as a program reads them: <a href="/openapi.json">/openapi.json</a>. With a token,{' '}
        <button type="button" class="as-link" onClick={() => void signOut().catch(() => undefined)}>
          end this session
        </button>{' '}
        when you leave.
      </p>
    </Dialog>
  );
}
