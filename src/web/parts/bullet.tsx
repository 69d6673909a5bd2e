import type { VNode } from 'preact';
import type { Bullet as Layout } from './bullet-layout.ts';
import type { Standing } from './verdict.ts';
import './bullet.css';

const width = 160;
const height = 18;
const middle = height / 2;

/** The observed figure on a track whose passing part is filled; the margin stands below in words, so the picture says nothing to a screen reader. */
export function Bullet({ of: { bound, zone, at, beyond }, standing }: { readonly of: Layout; readonly standing: Standing }): VNode {
  const x = (share: number): number => 4 + share * (width - 8);
  return (
    <svg class="bullet" data-standing={standing} viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <rect class="bullet-track" x={x(0)} y={middle - 3} width={x(1) - x(0)} height={6} rx={1} />
      <rect class="bullet-zone" x={x(zone[0])} y={middle - 3} width={Math.max(2, x(zone[1]) - x(zone[0]))} height={6} />
      <path class="bullet-bound" d={`M${x(bound)} ${middle - 8}V${middle + 8}`} />
      {at === null ? (
        <text class="bullet-unknown" x={x(0)} y={middle + 4}>
          ?
        </text>
      ) : beyond === null ? (
        <path class="bullet-at" d={`M${x(at)} ${middle - 5}l5 5l-5 5l-5-5Z`} />
      ) : (
        <path class="bullet-at" d={beyond === 'low' ? `M${x(0)} ${middle}l7-5v10Z` : `M${x(1)} ${middle}l-7-5v10Z`} />
      )}
    </svg>
  );
}
