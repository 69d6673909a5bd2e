import { counted } from '../../core/counted.ts';
import type { EvidenceBundle } from '../bundle/bundle.ts';
import type { HistoryItem } from '../history.ts';
import { sayReasons } from '../override.ts';
import type { DecisionRecord } from '../record.ts';
import type { OverrideItem } from '../standing.ts';
import { curves } from './curves.ts';
import { type Html, html, table } from './html.ts';
import { gateSection, luckSection, seedSection } from './judgement.ts';
import { codeSection, dataSection, limitsSection, searchSection, serveSection, warnedOf } from './origin.ts';
import { style } from './style.ts';

/** What a model card is made of. */
export interface CardContent {
  /** `pairs@7`. */
  readonly address: string;
  /** The decision that promoted it, as `model history` shows it, and whole. */
  readonly decision: HistoryItem;
  readonly record: DecisionRecord;
  /** Null: promoted before there were bundles, or without a validation. */
  readonly bundle: EvidenceBundle | null;
  /** Every override that the version ever had. */
  readonly overrides: readonly OverrideItem[];
  /** Metadata of the ONNX file (null: it has none). */
  readonly onnx: Readonly<Record<string, string>> | null;
}

/** A model card: one HTML file that loads nothing, in light and dark. The same content gives the same text. */
export function renderCard(content: CardContent): string {
  const { address, bundle } = content;
  const body = html`<header>${headOf(content)}</header>
${bundle === null ? html`<p class="notice">There is no evidence bundle of this promotion, so curves and search are not shown.</p>` : evidenceOf(bundle)}
${gateSection(content.record)}
${bundle === null ? html`` : searchSection(bundle)}
${dataSection(content)}
${serveSection(content)}
${limitsSection(content)}
${codeSection(content)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html`${address}`.text}: model card</title><style>${style}</style></head>
<body>
${body.text}
</body></html>
`;
}

function headOf({ address, decision, record, overrides }: CardContent): Html {
  const { kind, at, by, expiresAt, expired, sequence, reason, override } = decision;
  const made =
    kind === 'override'
      ? html`<span class="badge warn">promoted by an override</span>`
      : html`<span class="badge good">promoted past every gate that can refuse</span>`;
  const warnings = warnedOf(record);
  const warned =
    warnings.length === 0 ? html`` : html`<span class="badge warn">${counted(warnings.length, 'warning')}: ${warnings.join(', ')}</span>`;
  const expiry =
    expiresAt === null
      ? html``
      : html`<span class="badge ${expired ? 'bad' : 'good'}">${expired ? 'expired' : 'valid until'} ${expiresAt.slice(0, 10)}</span>`;
  return html`<h1>${address}</h1>
<p>${made}${warned}${expiry}</p>
<p class="soft">Trial ${record.address}, as ${record.model}@${record.alias}, on ${at.slice(0, 16).replace('T', ' ')} UTC by ${by}: record ${sequence} of the ledger.${reason === null ? '' : ` Reason: ${sayReasons(reason, override?.promotionReason ?? null)}`}</p>
${overrides.map(
  ({ sequence: of, at: time, by: who, requestedBy, reason: why, promotionReason }) =>
    html`<p class="notice"><strong>Override.</strong> ${requestedBy} asked for this promotion and a gate refused it. ${who} set the refusal aside on ${time.slice(0, 10)} (record ${of}): ${sayReasons(why, promotionReason)}</p>`,
)}`;
}

function evidenceOf(bundle: EvidenceBundle): Html {
  const { evidence } = bundle;
  return html`<section><h2>Out of sample</h2>
<p>Each seed is one training from scratch on the part before a fold, walked once over its test days, costs on. Dashed lines are baselines that need no search. All lines are compounded net daily returns of an account.</p>
${seedSection(evidence)}
${curves(evidence)}</section>
${luckSection(bundle)}
<section><h2>Windows</h2>
${table(
  ['Fold', 'Trained', 'Tested', 'Bars left out between'],
  evidence.windows.map(({ fold, trainStart, trainEnd, testStart, testEnd, purgedBars }) => [
    fold,
    `${iso(trainStart)} to ${iso(trainEnd)}`,
    `${iso(testStart)} to ${iso(testEnd)}`,
    purgedBars,
  ]),
)}</section>`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
