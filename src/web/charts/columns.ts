/** Names of what JSON could not hold, by place: `y.12`. */
export type NonFinite = Readonly<Record<string, 'NaN' | 'Infinity' | '-Infinity'>> | undefined;

/** A column of an answer with its infinities again; what is missing is NaN. @param name of the column in `nonFinite` */
export function numbersOf(column: readonly (number | null)[] | undefined, name: string, nonFinite: NonFinite): readonly number[] {
  return (column ?? []).map((x, i) => x ?? (nonFinite === undefined ? Number.NaN : Number(nonFinite[`${name}.${i}`] ?? Number.NaN)));
}

/** Places of a list where `wanted` holds. */
export function places<Item>(items: readonly Item[], wanted: (item: Item, i: number) => boolean): readonly number[] {
  return items.flatMap((item, i) => (wanted(item, i) ? [i] : []));
}

/** The items at some places. */
export function at<Item>(items: readonly Item[], indices: readonly number[]): Item[] {
  return indices.map((i) => items[i]!);
}
