import { describe, expect, test } from 'vitest';
import { evidence, fold } from '../../../tests/fixtures/gate-evidence.ts';
import type { EvidenceBundle } from '../bundle/bundle.ts';
import { historyItem } from '../history.ts';
import type { DecisionRecord } from '../record.ts';
import { html } from './html.ts';
import { type CardContent, renderCard } from './render-card.ts';

const attack = `"><img src=x onerror=alert(1)></title><script>alert('1')</script>&amp;\u0000`;

/** A card's content, every text of which is `text`. */
function content(text: string, change: Partial<DecisionRecord> = {}, now = new Date('2026-02-01')): CardContent {
  const returns = [0.01, -0.02, 0.03, 0.001, Number.NaN, 0.01];
  const record = {
    sequence: 7,
    previousHash: '0'.repeat(64),
    at: '2026-01-31T12:00:00.000Z',
    by: { user: text, host: text, as: text },
    kind: 'promoted',
    passed: true,
    reason: text,
    model: 'pairs',
    alias: text,
    version: 3,
    previousVersion: null,
    address: `${text}#0`,
    expiresAt: '2026-05-01T12:00:00.000Z',
    code: {
      gitCommit: text,
      gitDirty: true,
      lockfileHash: null,
      node: text,
      module: { url: text, sourceHash: text, packagesHash: text, gitCommit: null, gitDirty: false },
    },
    data: [{ name: text, hash: text }],
    gates: { policies: [{ version: text, by: 'study', rules: {} as never }], hash: text },
    verdicts: [
      { gate: text, version: text, severity: 'refuse', passed: true, observed: 1.23456, threshold: 1, op: '>=', because: text },
      { gate: 'drift', version: '1', severity: 'warn', passed: false, observed: 'NaN', threshold: 'Infinity', op: '<', because: text },
    ],
    policyHash: text,
    artifactHashes: [],
    ...change,
  } as unknown as DecisionRecord;
  const judged = evidence([fold({ dailyReturns: returns })], [fold({ dailyReturns: returns.toReversed() })]);
  const bundle = {
    trial: `${text}#0`,
    params: { lr: 0.5, kind: text },
    evidence: {
      ...judged,
      windows: [{ fold: 0, trainStart: 0, trainEnd: 86_400_000, testStart: 86_400_000, testEnd: 172_800_000, purgedBars: 1 }],
      baselines: { [text]: [fold({ dailyReturns: [0, 0, 0] })] },
    },
    search: {
      study: text,
      space: {
        lr: { type: 'float', low: 0.1, high: 1, log: true },
        kind: { type: 'choice', choices: [text.replace('\u0000', ''), 'other'] },
      },
      direction: 'maximize',
      objectives: null,
      sampler: { id: text, options: {} },
      pruner: { id: text, options: {} },
      seed: 1,
      trials: { complete: 2, [text]: 3 },
      values: { numbers: [0, 1], values: Float64Array.of(0.4, 0.7) },
      importance: [{ param: 'lr', importance: 0.75, low: 0.5, high: 0.9 }],
      notes: [text],
    },
  } as unknown as EvidenceBundle;
  return {
    address: `${text}@3`,
    decision: historyItem(record, { hash: text, signature: null }, now),
    record,
    bundle,
    overrides: [],
    onnx: { observations: 'raw', features: text, normaliserHash: text, symbols: text, [text]: text },
  };
}

describe('a model card', () => {
  test('escapes every text, wherever it comes from', () => {
    const shown = renderCard({
      ...content(attack),
      overrides: [
        { sequence: 1, at: '2026-01-01T00:00:00.000Z', by: attack, requestedBy: attack, reason: attack, promotionReason: attack },
      ],
    });
    expect(shown).not.toMatch(/<script|<img|<\/title><\/script/i);
    expect(shown).not.toContain('\u0000');
    expect(shown.match(/<title>/g)?.length).toBe(renderCard(content('plain')).match(/<title>/g)?.length);
    // Tags of the card alone: the same as with plain texts, but for the override.
    const tags = (text: string) => (text.match(/<[a-z!/][^>]*>/gi) ?? []).map((tag) => /^<\/?[a-z]+/i.exec(tag)?.[0]).length;
    expect(tags(renderCard(content(attack)))).toBe(tags(renderCard(content('plain'))));
  });

  test('loads nothing', () => {
    const shown = renderCard(content('plain'));
    expect(shown).toContain(`default-src 'none'`);
    expect(shown).not.toMatch(/\s(?:src|href|srcset|action|data|poster)=|url\(|@import|https?:/i);
  });

  test('shows curves of every seed and baseline, gates, search, data and how to serve', () => {
    const shown = renderCard(content('plain'));
    expect(renderCard(content('plain'))).toBe(shown);
    for (const text of [
      'seed 0',
      'seed 1',
      'baseline plain',
      '1.235',
      'unknown',
      '! warning',
      '75 % (50 to 90)',
      '0.1 to 1, logarithmic',
      '1 of 2 complete trials were better',
      'unsigned',
      'promoted past every gate that can refuse',
      '1 warning: drift',
      'Reason: plain',
      'valid until 2026-05-01',
      'not known',
    ])
      expect(shown).toContain(text);
    expect(shown).toContain('1970-01-02');
    expect(shown.match(/<path class="line s0" d="M46 /g)).toHaveLength(2);
    // The line breaks where a return is NaN and all that follows is unknown.
    expect(shown).not.toMatch(/d="[^"]*NaN/);
  });

  test('with several objectives counts the trials that are better in one and worse in none', () => {
    const several = content('plain');
    const search = {
      ...several.bundle!.search,
      objectives: [
        { name: 'gain', direction: 'maximize', reference: null },
        { name: 'risk', direction: 'minimize', reference: null },
      ],
      values: { numbers: [0, 1, 2], values: Float64Array.of(0.4, 0.7, 0.9) },
    } as const;
    const shown = (of: EvidenceBundle['search']) => renderCard({ ...several, bundle: { ...several.bundle!, search: of } });
    // The first is better in both, the second riskier.
    expect(shown({ ...search, objectiveValues: [search.values.values, Float64Array.of(0.2, 0.1, 0.3)] })).toContain(
      'This trial reached 0.4 in gain, 0.2 in risk in the search; 1 of 3 complete trials were at least as good in every objective and better in one.',
    );
    expect(shown(search)).toContain('2 of 3 complete trials were better in gain; the other objectives are not in this bundle.');
  });

  test('says that it is an override, and that it has expired', () => {
    const overridden = content('plain', { kind: 'override', passed: false }, new Date('2026-06-01'));
    const shown = renderCard({
      ...overridden,
      overrides: [
        {
          sequence: 6,
          at: '2026-01-01T00:00:00.000Z',
          by: 'bob',
          requestedBy: 'ada',
          reason: 'a fault',
          promotionReason: 'the old one drifts',
        },
      ],
    });
    expect(shown).toContain('promoted by an override');
    expect(shown).toContain('expired 2026-05-01');
    expect(shown).toContain(
      'ada asked for this promotion and a gate refused it. bob set the refusal aside on 2026-01-01 (record 6): a fault; promoted because: the old one drifts',
    );
  });

  test('is made without evidence and metadata too, and of a record of an earlier release', () => {
    const shown = renderCard({ ...content('plain', { gates: { rules: {}, hash: 'h' } as never }), bundle: null, onnx: null });
    expect(shown).toContain('There is no evidence bundle');
    expect(shown).toContain('The file has no metadata');
  });
});

test('html escapes values, joins lists and keeps what is HTML', () => {
  expect(html`<p title="${'"\''}">${['<', html`<b>${'&'}</b>`, 1]}</p>`.text).toBe('<p title="&quot;&#39;">&lt;<b>&amp;</b>1</p>');
  expect(html`${'a\u0007b\ud800c\td'}`.text).toBe('a\ufffdb\ufffdc\td');
});
