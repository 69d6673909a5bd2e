import type { VNode } from 'preact';
import { ago, utc, value } from '../../plot/format.ts';
import { now } from '../data/clock.ts';

type NonFinite = 'NaN' | 'Infinity' | '-Infinity';

const nonFiniteText: Readonly<Record<NonFinite, string>> = { NaN: 'not a number', Infinity: '∞', '-Infinity': '−∞' };

interface ValueProps {
  readonly of: number | null | undefined;
  /** What the API says of a null that JSON could not write (`nonFinite`). */
  readonly nonFinite?: NonFinite | undefined;
}

/** A number of 4 significant digits, the whole one in its tooltip; a dash where there is none. */
export function Value({ of, nonFinite }: ValueProps): VNode {
  const absent = of === null || of === undefined;
  if (absent && nonFinite !== undefined) return <span class="number">{nonFiniteText[nonFinite]}</span>;
  return (
    <span class="number" title={absent ? 'none' : String(of)}>
      {value(of)}
    </span>
  );
}

/** A time as it lies from now, with the UTC time in its tooltip; a dash where there is none. */
export function Time({ of }: { readonly of: string | null | undefined }): VNode {
  if (of === null || of === undefined) return <span>–</span>;
  return (
    <time dateTime={of} title={utc(of)}>
      {ago(of, now.value)}
    </time>
  );
}
