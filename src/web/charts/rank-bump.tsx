import type { VNode } from 'preact';
import { linear } from '../../plot/scale.ts';
import './rank-bump.css';

interface RankBumpProps {
  readonly number: readonly number[];
  /** 1 is the best. */
  readonly first: readonly (number | null)[];
  readonly second: readonly (number | null)[];
}

const width = 320;
const height = 200;
const [left, right, top, bottom] = [70, width - 70, 22, height - 12];

/** Ranks on one half of the days and on the other, a line for each trial; the five best of the first half are drawn strong and named. */
export function RankBump({ number, first, second }: RankBumpProps): VNode {
  const last = Math.max(2, ...first.map((rank) => rank ?? 1), ...second.map((rank) => rank ?? 1));
  const y = linear([1, last], [top, bottom]);
  const lines = number
    .map((of, i) => ({ of, from: first[i], to: second[i] }))
    .flatMap(({ of, from, to }) => (from === null || from === undefined || to === null || to === undefined ? [] : [{ of, from, to }]))
    .sort((a, b) => b.from - a.from);
  const named = new Set([...lines].reverse().slice(0, 5));
  return (
    <svg
      class="rank-bump"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Rank of each trial on the earlier and on the later half of the inner days"
    >
      <text x={0} y={12}>
        earlier half
      </text>
      <text x={width} y={12} text-anchor="end">
        later half
      </text>
      {lines.map((line) => {
        const { of, from, to } = line;
        const strong = named.has(line);
        return (
          <g key={of} class={strong ? 'is-strong' : undefined}>
            <path d={`M${left} ${y(from)}L${right} ${y(to)}`}>
              <title>{`trial ${of}: rank ${from}, then ${to}`}</title>
            </path>
            <circle cx={left} cy={y(from)} r={2.5} />
            <circle cx={right} cy={y(to)} r={2.5} />
            {strong && (
              <>
                <text x={left - 7} y={y(from) + 4} text-anchor="end">
                  #{of}
                </text>
                <text x={right + 7} y={y(to) + 4}>
                  #{of}
                </text>
              </>
            )}
          </g>
        );
      })}
    </svg>
  );
}
