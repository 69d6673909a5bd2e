import type { ValidationItem } from '../../storage/validations/read-validation.ts';

/** What the checks of a validated trial say, a sentence each; none if nothing was checked. */
export function checkLines({ address, checks }: Pick<ValidationItem, 'address' | 'checks'>): readonly string[] {
  if (checks === null) return [];
  const { lookAhead, deterministic, dataQuality } = checks;
  const lines: string[] = [];
  if (lookAhead !== null) {
    const { rows, changed, first } = lookAhead;
    const where = first === null ? '' : `; the first: ${first.what} ${first.name} in row ${first.row}`;
    lines.push(`look-ahead: with later data cut off or replaced by noise, ${changed} of ${rows} rows changed${where}`);
  }
  if (deterministic !== null) {
    const { repeated, different, first } = deterministic;
    lines.push(`repeated: ${different} of ${repeated} evaluations gave other returns${first === null ? '' : `; the first: ${first}`}`);
  }
  if (dataQuality !== null) {
    const { bars, missingBars, faults } = dataQuality;
    const named = faults.map(({ kind, count, place }) => `${count} ${kind} (${place})`).join(', ');
    lines.push(`data: ${bars} bars, ${missingBars ?? 'an unknown number'} missing, ${named === '' ? 'no faults' : named}`);
  }
  return lines.map((line) => `${address} ${line}`);
}
