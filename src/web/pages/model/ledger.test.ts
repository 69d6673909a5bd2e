import type { ComponentChildren, VNode } from 'preact';
import { expect, test } from 'vitest';
import { Ledger } from './ledger.tsx';

type Page = Parameters<typeof Ledger>[0]['page'];

const record: Page['items'][number] = {
  ...{ sequence: 2, at: '2026-01-01T00:00:00.000Z', by: 'bob', kind: 'override', model: 'm', version: 1, alias: 'champion' },
  ...{ address: 's#0', passed: false, failedGates: [], warnings: [], reason: 'few days by design', expiresAt: null, expired: false },
  override: { refusal: 1, requestedBy: 'ada', promotionReason: 'the old one drifts' },
  ...{ bundleHash: null, hash: 'a'.repeat(64), previousHash: 'b'.repeat(64), signer: null, signature: null },
};

/** The texts of a tree, without those of the components in it. */
function textOf(node: ComponentChildren): string {
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (typeof node === 'object' && node !== null) return textOf((node as VNode<{ readonly children?: ComponentChildren }>).props.children);
  return typeof node === 'string' || typeof node === 'number' ? String(node) : '';
}

test('an override says its own reason and that of the promotion', () => {
  const shown = (item: Page['items'][number]): string =>
    textOf(
      Ledger({ page: { items: [item], next: null, total: 1 }, model: 'm', first: true, onOpen: () => undefined, onOlder: () => undefined }),
    );
  expect(shown(record)).toContain('; “few days by design”; promoted because “the old one drifts”');
  expect(shown({ ...record, override: { ...record.override!, promotionReason: null } })).not.toContain('promoted because');
});
