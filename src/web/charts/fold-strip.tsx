import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { useWidth } from '../parts/use-width.ts';
import { type FoldStripData, layOutFolds, stripSizes } from './fold-strip-layout.ts';
import './fold-strip.css';

const { bar } = stripSizes;

/** Folds on one time axis: what was searched and trained on, what was left out, what was tested, and what each seed returned there. */
export function FoldStrip({ data, title }: { readonly data: FoldStripData; readonly title: string }): VNode {
  const { ref, width } = useWidth<HTMLDivElement>(640);
  const pattern = useId();
  const { height, rows, search, ticks } = layOutFolds(data, width);
  const bottom = height - stripSizes.axis;
  return (
    // A region that scrolls takes the focus, so that it can be scrolled by keys.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="fold-strip" ref={ref} aria-label={title} tabIndex={0}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={title}>
        <defs>
          <pattern id={pattern} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path class="fold-hatch" d="M0 0V6" />
          </pattern>
        </defs>
        {ticks.map(({ x, label }) => (
          <g key={label}>
            <path class="fold-grid" d={`M${x} ${stripSizes.top - 6}V${bottom}`} />
            <text class="fold-tick" x={x} y={bottom + 16} text-anchor="middle">
              {label}
            </text>
          </g>
        ))}
        {search !== null && (
          <>
            <rect x={search.x} y={stripSizes.top - 6} width={search.width} height={bottom - stripSizes.top + 6} fill={`url(#${pattern})`} />
            <path class="fold-search-end" d={`M${search.x + search.width} ${stripSizes.top - 6}V${bottom}`} />
            <text class="fold-tick" x={search.x + search.width - 4} y={stripSizes.top - 10} text-anchor="end">
              seen by the search
            </text>
            <text class="fold-tick" x={search.x + search.width + 4} y={stripSizes.top - 10}>
              never seen by it
            </text>
          </>
        )}
        {rows.map((row) => (
          <g key={row.fold}>
            <text class="fold-name" x={4} y={row.y + 14}>
              fold {row.fold}
            </text>
            {row.train.map(({ x, width: own }) => (
              <rect key={x} class="fold-train" x={x} y={row.y} width={own} height={bar} />
            ))}
            {row.train.slice(0, 1).map(({ x }) => (
              <text key={x} class="fold-in" x={x + 6} y={row.y + 14}>
                training
              </text>
            ))}
            <path class="fold-purge" d={`M${row.purge.x} ${row.y + bar / 2}h${row.purge.width}`} />
            <text class="fold-tick" x={row.purge.x - 4} y={row.y + bar + 13} text-anchor="end">
              left out: {row.purge.words}
              {row.embargo !== null && `; behind: ${row.embargo}`}
            </text>
            {row.test.map(({ x, width: own }) => (
              <rect key={x} class={row.seen === null ? 'fold-test' : 'fold-test is-seen'} x={x} y={row.y} width={own} height={bar} />
            ))}
            <path class="fold-zero" d={`M${row.test[0]?.x ?? 0} ${row.zero}h${(row.worst?.x ?? 0) - (row.test[0]?.x ?? 0) + 5}`} />
            {row.dots.map(({ x, y, seed, words, odd }) =>
              odd ? (
                <path key={seed} class="fold-odd" d={`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`}>
                  <title>{words}</title>
                </path>
              ) : (
                <circle key={seed} class="fold-dot" cx={x} cy={y} r={3}>
                  <title>{words}</title>
                </circle>
              ),
            )}
            {row.worst !== null && (
              <>
                <rect
                  class={row.worst.lost ? 'fold-worst is-lost' : 'fold-worst'}
                  x={row.worst.x}
                  y={row.worst.y}
                  width={5}
                  height={row.worst.height}
                />
                <text class="fold-figure" x={row.worst.x + 8} y={row.zero + 4}>
                  {row.worst.words}
                </text>
              </>
            )}
            {row.seen !== null && (
              <text class="fold-refusal" x={row.test[0]?.x ?? 0} y={row.y - 3} text-anchor="end">
                no evidence: {row.seen}
              </text>
            )}
          </g>
        ))}
      </svg>
    </section>
  );
}
