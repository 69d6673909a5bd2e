import type { z } from '@hono/zod-openapi';
import type { VNode } from 'preact';
import type { pathsSchema, validationSchema } from '../../../api/routes/validation.ts';
import { count, percent, value } from '../../../plot/format.ts';
import { counted } from '../../parts/counted.ts';
import { numberOf } from '../../parts/number-of.ts';
import { StateMark } from '../../parts/state-mark.tsx';

type Validation = z.output<typeof validationSchema>;
type Checks = NonNullable<Validation['checks']>;

const stressed: Readonly<Record<Checks['stress'][number]['kind'], string>> = {
  'costs-x2': 'costs twice as high',
  'one-bar-late': 'every decision one bar late',
  'half-volume': 'half of the volume',
  'without-best-days': 'without its best 5 % of days',
};

/** The saved policies walked again in harder markets, without training: what is left of the return. */
export function Stress({ validation }: { readonly validation: Validation }): VNode {
  const { checks, baselines } = validation;
  if (checks === null || checks.stress.length === 0)
    return <p>The saved policies were not walked again: validate the trial again, which trains nothing that is done.</p>;
  const rows = [
    { name: 'as evaluated, mean of the seeds', ...figuresOf(validation, validation.metrics), stress: false },
    ...checks.stress.map((stress) => ({ name: stressed[stress.kind], ...figuresOf(stress, { ...stress }), stress: true })),
    ...baselines.map((baseline) => ({ name: `${baseline.name}, a baseline`, ...figuresOf(baseline, baseline.metrics), stress: false })),
  ];
  const most = Math.max(1e-9, ...rows.map(({ totalReturn }) => Math.abs(drawable(totalReturn))));
  return (
    <div class="scroll">
      <table class="plain stress">
        <thead>
          <tr>
            <th scope="col">The same policies</th>
            <th scope="col" class="right">
              net return
            </th>
            <th scope="col">
              <span class="visually-hidden">return as a bar</span>
            </th>
            <th scope="col" class="right">
              daily Sharpe
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, totalReturn, sharpeDaily, stress }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="right number">{percent(totalReturn)}</td>
              <td>
                <Bar share={drawable(totalReturn) / most} stress={stress} />
              </td>
              <td class="right number">{value(sharpeDaily, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Figures = Readonly<Record<'totalReturn' | 'sharpeDaily', number | null>>;

const figuresOf = (of: Pick<Validation, 'nonFinite'>, { totalReturn, sharpeDaily }: Partial<Figures>): Figures => ({
  totalReturn: numberOf(of, 'totalReturn', totalReturn),
  sharpeDaily: numberOf(of, 'sharpeDaily', sharpeDaily),
});

/** What has no length has no bar. */
const drawable = (x: number | null): number => (x !== null && Number.isFinite(x) ? x : 0);

/** A bar from the middle: gains to the right. */
function Bar({ share, stress }: { readonly share: number; readonly stress: boolean }): VNode {
  const end = 60 + 56 * share;
  return (
    <svg class="stress-bar" viewBox="0 0 120 16" width={120} height={16} aria-hidden="true">
      <path class="stress-zero" d="M60 0V16" />
      <rect class={share < 0 ? 'is-lost' : stress ? 'is-stress' : ''} x={Math.min(60, end)} y={4} width={Math.abs(end - 60)} height={8} />
    </svg>
  );
}

/** What was looked for that would make every figure worthless. */
export function Checks({ checks }: { readonly checks: Validation['checks'] }): VNode {
  if (checks === null) return <p>Nothing was checked. Gates that ask for a check fail.</p>;
  const { lookAhead, deterministic, causal, dataQuality } = checks;
  const rows: readonly (readonly [ok: boolean | null, what: string, found: string])[] = [
    [
      lookAhead && lookAhead.changed === 0,
      'Look ahead',
      lookAhead === null
        ? 'not checked'
        : lookAhead.changed === 0
          ? `data behind ${counted(lookAhead.rows, 'row')} were cut off or replaced by noise, and nothing changed before them`
          : `${counted(lookAhead.changed, 'row')} changed; the first: ${lookAhead.first?.what ?? ''} ${lookAhead.first?.name ?? ''} at row ${count(lookAhead.first?.row)}`,
    ],
    [
      deterministic && deterministic.different === 0,
      'Repeated walks',
      deterministic === null
        ? 'not checked'
        : deterministic.different === 0
          ? `${counted(deterministic.repeated, 'saved policy walk')} gave the same returns`
          : `${count(deterministic.different)} of ${count(deterministic.repeated)} differ; the first: ${deterministic.first ?? ''}`,
    ],
    [
      causal && causal.changed === 0,
      'Actions from the past alone',
      causal === null
        ? 'not checked'
        : causal.changed === 0
          ? `${counted(causal.cuts, 'cut')} of the data changed no earlier action`
          : `${count(causal.changed)} of ${count(causal.cuts)} cuts changed an action; the first: ${causal.first ?? ''}`,
    ],
    [
      dataQuality && dataQuality.faults.length === 0,
      'Data quality',
      dataQuality === null
        ? 'not checked'
        : dataQuality.faults.length === 0
          ? `none of ${count(dataQuality.bars)} bars is impossible; ${dataQuality.missingBars === null ? 'how many are missing is not known' : `${count(dataQuality.missingBars)} missing`}`
          : dataQuality.faults.map(({ kind, count: n, place }) => `${count(n)} ${kind}, the first at ${place}`).join('; '),
    ],
  ];
  return (
    <ul class="checks">
      {rows.map(([ok, what, found]) => (
        <li key={what}>
          <StateMark
            state={ok === true ? 'pass' : ok === null ? 'warn' : 'fail'}
            word={ok === true ? 'clean' : ok === null ? 'unknown' : 'found'}
          />
          <strong>{what}</strong>
          <span>{found}</span>
        </li>
      ))}
    </ul>
  );
}

/** The distribution over the paths of a combinatorial validation, where there is one. */
export function Paths({ paths, address }: { readonly paths: z.output<typeof pathsSchema>; readonly address: string }): VNode {
  const { scheme, items, sharpeDaily, seeds, asked } = paths;
  const quantile = (name: keyof typeof sharpeDaily): string => value(numberOf(paths, `sharpeDaily.${name}`, sharpeDaily[name]), 3);
  if (scheme === null)
    return (
      <p class="muted">
        This trial has no combinatorial validation. <code>assay validate '{address}' --scheme cpcv:6,2</code> gives a distribution of paths:
        robustness, and never evidence for a promotion, as its training parts lie behind tests, too.
      </p>
    );
  const ratios = items.map((item) => item.sharpeDaily).filter((ratio) => ratio !== null);
  const low = Math.min(0, ...ratios);
  const high = Math.max(0, ...ratios);
  const x = (ratio: number): number => 8 + (624 * (ratio - low)) / (high - low || 1);
  return (
    <>
      <svg class="paths" viewBox="0 0 640 46" role="img" aria-label={`Daily Sharpe ratios of ${items.length} paths`}>
        <path class="stress-zero" d={`M${x(0)} 0V30`} />
        {sharpeDaily.p05 !== null && sharpeDaily.p95 !== null && (
          <rect class="paths-range" x={x(sharpeDaily.p05)} y={6} width={x(sharpeDaily.p95) - x(sharpeDaily.p05)} height={18} />
        )}
        {sharpeDaily.p50 !== null && <path class="paths-median" d={`M${x(sharpeDaily.p50)} 3V27`} />}
        {items.map(
          ({ seed, path, sharpeDaily: ratio }) =>
            ratio !== null && (
              <circle key={`${seed} ${path}`} cx={x(ratio)} cy={15} r={3}>
                <title>{`seed ${seed}, path ${path}: ${value(ratio)}`}</title>
              </circle>
            ),
        )}
        <text x={x(0)} y={43} text-anchor="middle">
          0
        </text>
      </svg>
      <p>
        {scheme}: {counted(items.length, 'path')} of {seeds.length} of {counted(asked, 'seed')}; daily Sharpe ratio {quantile('p05')} to{' '}
        {quantile('p95')} (5 to 95 %), median {quantile('p50')}. Robustness, no evidence for a promotion: its training parts lie behind
        tests, too.
      </p>
    </>
  );
}
