/** Number of slices that are drawn unless a person chooses. */
const usual = 6;
/** The most that the API draws at once. */
const most = 12;

/** Names of the parameters that vary, the most important first; those of which importance is not known come last. */
export function orderedParams(
  varying: readonly { readonly name: string }[],
  importance: readonly { readonly name: string }[],
): readonly string[] {
  const known = new Map(importance.map(({ name }, i) => [name, i]));
  return varying
    .map(({ name }) => name)
    .toSorted((a, b) => (known.get(a) ?? Number.MAX_SAFE_INTEGER) - (known.get(b) ?? Number.MAX_SAFE_INTEGER));
}

/** The parameters that are drawn: the chosen ones that vary, or the most important. */
export function drawnParams(names: readonly string[], chosen: readonly string[]): readonly string[] {
  const there = chosen.filter((name) => names.includes(name)).slice(0, most);
  return there.length > 0 ? there : names.slice(0, usual);
}

/** The pair that is drawn: the chosen one where both vary, or the two most important. */
export function drawnPair(names: readonly string[], pair: readonly string[]): readonly [string, string] {
  const [first, second] = pair;
  const known = first !== undefined && second !== undefined && first !== second && names.includes(first) && names.includes(second);
  return known ? [first, second] : [names[0]!, names[1]!];
}

/** Cells along each axis of a map: of few trials few, so that cells hold more than one. The API takes 4 to 48. */
export function cellsFor(trials: number): number {
  return Math.min(32, Math.max(6, Math.round(Math.sqrt(trials) * 1.2)));
}
