import { value } from '../../plot/format.ts';

export type ParamValue = string | number | boolean | null | undefined;
export type Params = Readonly<Record<string, ParamValue>>;

/** A parameter's value as text; one that a trial does not have is a dash. */
export function parameterText(given: ParamValue): string {
  if (given === undefined) return value(null);
  return typeof given === 'number' ? value(given) : String(given);
}

interface ComparedParam {
  readonly name: string;
  readonly mine: ParamValue;
  readonly other: ParamValue;
  readonly differs: boolean;
}

/** Parameters of a trial beside those of another one: what differs first, each part by name. */
export function comparedParams(mine: Params, other: Params | null): readonly ComparedParam[] {
  const names = [...new Set([...Object.keys(mine), ...Object.keys(other ?? {})])].sort();
  const rows = names.map((name) => ({
    name,
    mine: mine[name],
    other: other?.[name],
    differs: other !== null && (name in mine !== name in other || mine[name] !== other[name]),
  }));
  return rows.toSorted((a, b) => Number(b.differs) - Number(a.differs));
}
