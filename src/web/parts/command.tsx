import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import './command.css';

/** A command to run in a terminal, with a button that copies it where the browser allows that. */
export function Command({ text, label }: { readonly text: string; readonly label: string }): VNode {
  const [copied, setCopied] = useState(false);
  // Only pages that came by TLS or from this machine have a clipboard.
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  return (
    <div class="command">
      <code>{text}</code>
      {clipboard !== undefined && (
        <button
          type="button"
          class="small"
          aria-label={`Copy the command: ${label}`}
          onClick={() =>
            void clipboard.writeText(text).then(
              () => setCopied(true),
              () => setCopied(false),
            )
          }
        >
          <Icon name={copied ? 'check' : 'copy'} size={14} /> {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </div>
  );
}
