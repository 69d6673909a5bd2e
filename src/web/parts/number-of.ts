import type { NonFiniteFlag } from '../../storage/readers/finite.ts';

/** A number of an answer, also where JSON could not write it and `nonFinite` says what it was; null where there is none. */
export function numberOf({ nonFinite }: NonFiniteFlag, name: string, given: number | null | undefined): number | null {
  return given ?? (nonFinite?.[name] === undefined ? null : Number(nonFinite[name]));
}
