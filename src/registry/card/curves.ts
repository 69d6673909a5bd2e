import type { Evidence } from '../../validation/gates/gate.ts';
import { chart, type Line } from './chart.ts';
import { type Html, html } from './html.ts';

const dayMs = 86_400_000;

/** Equity and drawdown of every seed and baseline, fold by fold, with a legend. Daily returns are compounded, from 0 in each fold. */
export function curves({ seeds, baselines, windows }: Pick<Evidence, 'seeds' | 'baselines' | 'windows'>): Html {
  const names = Object.keys(baselines).sort();
  const kinds = [
    ...seeds.map(({ seed }, i) => ({ name: `seed ${seed}`, kind: `s${i % 8}` })),
    ...names.map((name, i) => ({ name, kind: `b${i % 4}` })),
  ];
  const folds = Array.from({ length: Math.max(0, ...seeds.map((seed) => seed.folds.length)) }, (_, fold) => fold);
  const linesOf = (fold: number, values: (returns: readonly number[]) => readonly number[]): readonly Line[] =>
    [...seeds.map((seed) => seed.folds[fold]), ...names.map((name) => baselines[name]?.[fold])].flatMap((evaluation, i) =>
      evaluation === undefined ? [] : [{ ...kinds[i]!, values: values(evaluation.dailyReturns) }],
    );
  return html`<ul class="legend">${kinds.map(({ name, kind }) => html`<li><svg viewBox="0 0 22 8" aria-hidden="true"><path class="line ${kind}" d="M1 4L21 4"/></svg>${name}</li>`)}</ul>
<div class="folds">${folds.map((fold) => {
    const window = windows[fold];
    const title = window === undefined ? `Fold ${fold}` : `Fold ${fold}: tested ${day(window.testStart)} to ${day(window.testEnd - 1)}`;
    return html`<figure><figcaption>${title}</figcaption>${chart(`${title}, equity in percent`, linesOf(fold, equity))}<p class="axis">drawdown</p>${chart(`${title}, drawdown in percent`, linesOf(fold, drawdown))}</figure>`;
  })}</div>`;
}

/** Compounded return after each session, from 0. */
function equity(returns: readonly number[]): readonly number[] {
  const values = [0];
  for (const value of returns) values.push((1 + values.at(-1)!) * (1 + value) - 1);
  return values;
}

/** Fall from the peak after each session, 0 or below. */
function drawdown(returns: readonly number[]): readonly number[] {
  let peak = 0;
  return equity(returns).map((value) => {
    peak = Math.max(peak, value);
    return (1 + value) / (1 + peak) - 1;
  });
}

/** `2024-08-01`. */
export function day(ms: number): string {
  return new Date(Math.floor(ms / dayMs) * dayMs).toISOString().slice(0, 10);
}
