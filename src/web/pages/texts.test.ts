import type { ComponentChildren, VNode } from 'preact';
import { expect, test } from 'vitest';
import { Ledger } from './model/ledger.tsx';
import { VaultLook } from './validation/vault.tsx';

/** The texts of a tree, without those of the components in it. */
function textOf(node: ComponentChildren): string {
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (typeof node === 'object' && node !== null) return textOf((node as VNode<{ readonly children?: ComponentChildren }>).props.children);
  return typeof node === 'string' || typeof node === 'number' ? String(node) : '';
}

type Page = Parameters<typeof Ledger>[0]['page'];

const record: Page['items'][number] = {
  ...{ sequence: 2, at: '2026-01-01T00:00:00.000Z', by: 'bob', kind: 'override', model: 'm', version: 1, alias: 'champion' },
  ...{ address: 's#0', passed: false, failedGates: [], warnings: [], reason: 'few days by design', expiresAt: null, expired: false },
  override: { refusal: 1, requestedBy: 'ada', promotionReason: 'the old one drifts' },
  ...{ bundleHash: null, hash: 'a'.repeat(64), previousHash: 'b'.repeat(64), signer: null, signature: null },
};

test('an override says its own reason and that of the promotion', () => {
  const shown = (item: Page['items'][number]): string =>
    textOf(
      Ledger({ page: { items: [item], next: null, total: 1 }, model: 'm', first: true, onOpen: () => undefined, onOlder: () => undefined }),
    );
  expect(shown(record)).toContain('; “few days by design”; promoted because “the old one drifts”');
  expect(shown({ ...record, override: { ...record.override!, promotionReason: null } })).not.toContain('promoted because');
});

type Answer = Parameters<typeof VaultLook>[0]['answer'];

const closed: Answer = {
  address: 's#3',
  vault: { dataset: 'bars', hash: 'a'.repeat(64), sessions: 2, from: '2026-01-02T14:30:00.000Z', until: '2026-01-05T21:00:00.000Z' },
  ...{ opened: null, result: null, items: [] },
};
const opened = { record: 7, at: '2026-01-06T00:00:00.000Z', by: 'ada', reason: 'all gates passed' };
const said = (change: Partial<Answer>): string => textOf(VaultLook({ answer: { ...closed, ...change } }));

test('a study without a vault says how it gets one', () => {
  expect(said({ vault: null })).toContain('This study keeps no vault');
});

test('a closed vault says which days it is and that one look counts', () => {
  expect(said({})).toContain('The last 2 sessions of bars aaaaaaaa, from 2026-01-02 until 2026-01-05.');
  expect(said({})).toContain('Nothing reads them before one look');
});

test('a look that was interrupted is opened; one with a result shows each seed', () => {
  expect(said({ opened })).toContain('The look was interrupted');
  const metrics = { totalReturn: 0.02, sharpeDaily: null, maxDrawdown: 0.01 };
  const items = [{ seed: 5, days: 2, policyHash: 'p', metrics, nonFinite: { sharpeDaily: 'NaN' as const } }];
  const shown = said({ opened, result: { record: 8, at: '2026-01-06T00:01:00.000Z' }, items });
  expect(shown).toContain('“all gates passed”; record 8: what it showed');
  expect(shown).toContain('522.00 %');
  expect(shown).not.toContain('Nothing reads them');
});
