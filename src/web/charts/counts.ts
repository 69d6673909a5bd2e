import { count, countOf } from '../../plot/format.ts';

/** What the server says of every chart. */
export interface Shown {
  /** What is drawn one by one. */
  readonly shown?: number | undefined;
  /** What has the figure that is drawn. */
  readonly used?: number | undefined;
  readonly total?: number | undefined;
  readonly reduced?: 'none' | 'bins' | 'sample' | 'front' | undefined;
  /** What is counted. Default: trials. */
  readonly noun?: string | undefined;
}

/** "98,211 of 100,000 trials have what is drawn; a sample of 1,000 is drawn". Empty where nothing is counted. */
export function shownText({ shown, used, total, reduced = 'none', noun = 'trials' }: Shown): string {
  if (total === undefined) return shown === undefined ? '' : `${count(shown)} ${noun}`;
  const has = used ?? shown ?? total;
  const first = has < total ? `${countOf(has, total, noun)} have what is drawn` : `${count(total)} ${noun}`;
  return shown === undefined || shown >= has ? first : `${first}; ${reductions[reduced](count(shown))}`;
}

const reductions: Readonly<Record<NonNullable<Shown['reduced']>, (n: string) => string>> = {
  none: (n) => `${n} are drawn`,
  bins: () => 'summed up in bins',
  sample: (n) => `a sample of ${n} is drawn`,
  front: (n) => `only the ${n} trade-offs are drawn`,
};
