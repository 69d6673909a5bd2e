import pc from 'picocolors';
import type { HistoryItem } from '../../registry/history.ts';
import type { AliasItem, ModelItem, VersionItem } from '../../registry/models.ts';
import { sayReasons } from '../../registry/override.ts';
import type { RecordDetail } from '../../registry/read-record.ts';
import type { DecisionRecord, LedgerGateResult, LedgerRecord } from '../../registry/record.ts';
import type { Standing } from '../../registry/standing.ts';
import type { VersionDetail } from '../../registry/version.ts';
import type { Column } from './table.ts';

type Fact = readonly [name: string, value: string];

export const factColumns: readonly Column<Fact>[] = [
  { title: 'what', cell: ([name]) => name },
  { title: 'value', cell: ([, value]) => value, wrap: true },
];

export const modelColumns: readonly Column<ModelItem>[] = [
  { title: 'model', cell: (item) => item.name },
  { title: 'aliases', cell: (item) => item.aliases.map(sayAlias).join(' ') || '-' },
  { title: 'versions', cell: (item) => String(item.versions), align: 'right' },
  { title: 'created', cell: (item) => item.createdAt },
];

export const versionColumns: readonly Column<VersionItem>[] = [
  { title: 'version', cell: (item) => item.address },
  { title: 'aliases', cell: (item) => item.aliases.join(' ') || '-' },
  { title: 'standing', cell: (item) => sayStanding(item) || '-' },
  { title: 'trial', cell: (item) => item.trial },
  { title: 'policy', cell: (item) => item.policyHash.slice(0, 12) },
  { title: 'created', cell: (item) => item.createdAt },
];

export const historyColumns: readonly Column<HistoryItem>[] = [
  { title: '#', cell: (item) => String(item.sequence), align: 'right' },
  { title: 'at', cell: (item) => item.at },
  { title: 'by', cell: (item) => item.by },
  { title: 'decision', cell: ({ kind, override }) => (override === null ? kind : `${pc.yellow(kind)} of ${override.refusal}`) },
  { title: 'trial', cell: (item) => item.address },
  { title: 'version', cell: (item) => (item.version === null ? '-' : `${item.model}@${item.version}`) },
  { title: 'alias', cell: (item) => item.alias ?? '-' },
  { title: 'hash', cell: (item) => item.hash.slice(0, 12) },
  { title: 'expires', cell: ({ expiresAt, expired }) => (expiresAt === null ? '-' : sayExpiry({ expiresAt, expired })) },
  { title: 'reason', cell: ({ reason, override }) => sayReasons(reason, override?.promotionReason ?? null) },
  { title: 'failed gates', cell: (item) => item.failedGates.join(' ') || '-', wrap: true },
];

/** `champion=3`, with what one must know of it: `champion=3 (expired 2026-03-01, override)`. */
function sayAlias(item: AliasItem): string {
  const known = [...(item.expired ? [sayExpiry(item)] : []), ...(item.overrides.length === 0 ? [] : [pc.yellow('override')])];
  return `${item.alias}=${item.version}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

function sayStanding(item: Standing): string {
  const expiry = item.expiresAt === null ? [] : [sayExpiry(item)];
  return [...expiry, ...item.overrides.map(({ sequence }) => pc.yellow(`override ${sequence}`))].join(', ');
}

/** `expired 2026-03-01`, or `until 2026-03-01`. */
function sayExpiry({ expiresAt, expired }: Pick<Standing, 'expiresAt' | 'expired'>): string {
  const day = expiresAt?.slice(0, 10) ?? '-';
  return expired ? pc.red(`expired ${day}`) : `until ${day}`;
}

/** Everything that a person asks of a version. */
export function versionFacts(detail: VersionDetail): readonly Fact[] {
  const { address, aliases, trial, policyHash, bytes, createdAt, promotion, record, overrides } = detail;
  return [
    ['version', address],
    ['aliases', aliases.join(' ') || '-'],
    ['trial', trial],
    ['policy', `${policyHash}, ${bytes} bytes`],
    ['created', createdAt],
    ...(promotion === null || record === null
      ? [['promoted', 'by no record of the ledger: assay model verify'] as const]
      : [
          [
            'promoted',
            `record ${promotion.sequence}, by ${promotion.by}${promotion.reason === null ? '' : `: ${sayReasons(promotion.reason, promotion.override?.promotionReason ?? null)}`}`,
          ] as const,
          ['expires', sayExpiry(detail)] as const,
          ...overrides.map(
            ({ sequence, by, requestedBy, reason, promotionReason }) =>
              [
                'override',
                `record ${sequence}, by ${by}; ${requestedBy} had asked and was refused: ${sayReasons(reason, promotionReason)}`,
              ] as const,
          ),
          ...decisionFacts(record, promotion),
        ]),
  ];
}

/** Everything that a person asks of a record, a refusal too. */
export function recordFacts({ decision, record }: RecordDetail): readonly Fact[] {
  const { sequence, at, by, kind, model, alias, version, address, reason, override } = decision;
  return [
    ['record', String(sequence)],
    ['decision', override === null ? kind : `${kind} of record ${override.refusal}, for which ${override.requestedBy} had asked`],
    ['at', at],
    ['by', by],
    ...(reason === null ? [] : [['reason', reason] as const]),
    ...(override?.promotionReason == null ? [] : [['of the promotion', override.promotionReason] as const]),
    ...(model === null || alias === null ? [] : [['asked for', `${model}@${alias}`] as const]),
    ['trial', address],
    ...(model === null ? [] : [['version', version === null ? '-' : `${model}@${version}`] as const]),
    ...(decision.expiresAt === null ? [] : [['expires', sayExpiry(decision)] as const]),
    ...kindFacts(record, decision),
  ];
}

function kindFacts(record: LedgerRecord, item: HistoryItem): readonly Fact[] {
  switch (record.kind) {
    case 'rollback':
      return [
        ['policy', record.policyHash],
        ['record hash', item.hash],
      ];
    case 'vault-opened':
      return [
        ['record hash', item.hash],
        ['signed by', item.signer ?? 'nobody'],
        [
          'vault',
          `${record.vault.sessions} sessions of ${record.vault.dataset} (${record.vault.hash.slice(0, 12)}) from ${record.vault.from} until ${record.vault.until}`,
        ],
        ...record.policies.map(({ seed, hash }) => ['policy', `${hash}, seed ${seed}`] as const),
        ...record.verdicts.map(verdictFact),
      ];
    case 'vault-result':
      return [
        ['record hash', item.hash],
        ['signed by', item.signer ?? 'nobody'],
        ['result of', `record ${record.opened}`],
        ...record.results.map(({ seed, days, policyHash, metrics }) => {
          const figures = ['totalReturn', 'sharpeDaily', 'maxDrawdown'].map((name) => `${name} ${metrics[name] ?? '-'}`).join(', ');
          return [`seed ${seed}`, `${days} days, ${figures}; policy ${policyHash.slice(0, 12)}`] as const;
        }),
      ];
    case 'promoted':
    case 'refused':
    case 'override':
      return [['policy', record.policyHash], ...decisionFacts(record, item)];
  }
}

function verdictFact({ gate, passed, severity, because }: LedgerGateResult): Fact {
  return [`gate ${gate}`, `${passed ? pc.green('pass') : severity === 'warn' ? pc.yellow('warning') : pc.red('fail')}: ${because}`];
}

function decisionFacts(record: DecisionRecord, { hash, bundleHash, signer }: HistoryItem): readonly Fact[] {
  return [
    ['record hash', hash],
    ['signed by', signer ?? 'nobody'],
    ['evidence', bundleHash ?? 'in no bundle'],
    ['data', record.data.map(({ name, hash: content }) => `${name} (${content.slice(0, 12)})`).join(', ') || '-'],
    ['source', record.code.module.sourceHash],
    ...Object.entries(record.config.params).map(([name, value]) => [`  ${name}`, String(value)] as const),
    ...record.verdicts.map(verdictFact),
  ];
}
