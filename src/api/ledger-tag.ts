/**
 * The ETag of what the ledger says of a model: its newest record, and how many versions have expired, which no record tells.
 * @param sequence of the newest record that names the model; 0: none does
 */
export function ledgerTag(model: string, sequence: number, expired: number): string {
  return `W/"${model}@${sequence}${expired === 0 ? '' : `.x${expired}`}"`;
}

/** The sequence in a tag of a model, without its quotes; none for a tag of something else. */
export function ledgerSequences(model: string, tag: string): readonly number[] {
  const digits = tag.startsWith(`${model}@`) ? /^[0-9]{1,15}(?=$|\.x)/.exec(tag.slice(model.length + 1)) : null;
  return digits === null ? [] : [Number(digits[0])];
}
