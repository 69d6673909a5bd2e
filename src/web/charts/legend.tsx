import type { VNode } from 'preact';
import { markerPath } from '../../plot/palette.ts';
import type { Series } from './marks.ts';

/** What each colour, dash and marker of a plot stands for; nothing where there is one series only. */
export function Legend({ series }: { readonly series: readonly Series[] }): VNode | null {
  const named = series.filter(({ name }, i) => name !== '' && series.findIndex((other) => other.name === name) === i);
  if (named.length < 2) return null;
  return (
    <ul class="legend">
      {named.map((one) => (
        <li key={one.name}>
          <Swatch of={one} />
          {one.name}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ of }: { readonly of: Series }): VNode {
  return (
    <svg class="swatch" width="22" height="12" viewBox="-11 -6 22 12" aria-hidden="true" style={{ color: of.colour }}>
      {of.kind === 'points' && (
        <path
          d={markerPath(of.marker?.shape ?? 'circle', 4)}
          fill={(of.marker?.filled ?? true) ? 'currentColor' : 'none'}
          stroke="currentColor"
          stroke-width={(of.marker?.filled ?? true) ? 0 : 1.5}
        />
      )}
      {of.kind === 'spans' && (
        <rect
          x="-9"
          y="-4"
          width="18"
          height="8"
          fill={of.look === 'solid' || of.look === 'open' ? 'currentColor' : 'none'}
          stroke="currentColor"
          stroke-dasharray={of.look === 'dashed' ? '3 2' : undefined}
        />
      )}
      {(of.kind === 'band' || of.kind === 'bars' || of.kind === 'cells') && (
        <rect x="-9" y="-5" width="18" height="10" fill="currentColor" opacity="0.35" />
      )}
      {of.kind === 'whiskers' && <path d="M0-5V5" stroke="currentColor" stroke-width="1.5" />}
      {(of.kind === 'line' || of.kind === 'rule') && (
        <path
          d="M-11 0H11"
          stroke="currentColor"
          stroke-width={of.kind === 'line' ? (of.width ?? 1.5) : 1.5}
          stroke-dasharray={(of.dash ?? (of.kind === 'rule' ? [4, 4] : [])).join(' ')}
        />
      )}
    </svg>
  );
}
