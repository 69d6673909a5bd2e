/** One line of the witness. */
export interface WitnessLine {
  readonly line: number;
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
}

/** Parses the lines of a witness; `unreadable` holds the numbers of invalid lines. */
export function parseWitness(text: string): { readonly seen: readonly WitnessLine[]; readonly unreadable: readonly number[] } {
  const seen: WitnessLine[] = [];
  const unreadable: number[] = [];
  for (const [i, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const [, sequence, hash, at] = /^([1-9]\d*) ([0-9a-f]{64}) (\S+)\r?$/.exec(content) ?? [];
    if (sequence === undefined || hash === undefined || at === undefined) unreadable.push(i + 1);
    else seen.push({ line: i + 1, sequence: Number(sequence), hash, at });
  }
  return { seen, unreadable };
}

/** True if the text of a witness (null: nothing was written yet) has this line. */
export function hasLine(text: string | null, line: string): boolean {
  return text?.split(/\r?\n/).includes(line) ?? false;
}
