import type { recordKinds } from '../../../registry/record.ts';
import type { Mark } from '../../parts/state-mark.tsx';
import { admits, tallyOf, verdictsOfRecord } from '../../parts/verdict.ts';

interface PromotedBy {
  readonly mark: Mark;
  readonly word: string;
  readonly warnings: number;
}

/** What a version's place rests on, by the record that promoted it. Where that cannot be told it has failed. */
export function promotedBy(
  promotion: { readonly kind: (typeof recordKinds)[number] } | null,
  record: Readonly<Record<string, unknown>> | null,
): PromotedBy {
  const verdicts = record === null ? [] : verdictsOfRecord(record);
  const { fail, warn, asked } = tallyOf(verdicts);
  const said = (mark: Mark, word: string): PromotedBy => ({ mark, word, warnings: warn });
  if (promotion === null || record === null) return said('fail', 'no record of the ledger promoted it');
  if (asked === 0) return said('fail', 'its record names no gate that could refuse');
  if (admits(verdicts)) return said('pass', `${asked} of ${asked} gates passed`);
  const refused = `${fail} of ${asked} gates refused`;
  return promotion.kind === 'override' ? said('warn', `overridden: ${refused}`) : said('fail', refused);
}
