import type { Objective } from './objective.ts';

/*
 * Functions with choices and branches, in the style of hyperparameter tuning. The function files describe them in pseudo-code; here they
 * are implemented.
 */

const { cos, log2, log10, PI } = Math;

export function branin(x0: number, x1: number): number {
  return (x1 - (5.1 / (4 * PI * PI)) * x0 * x0 + (5 / PI) * x0 - 6) ** 2 + 10 * (1 - 1 / (8 * PI)) * cos(x0) + 10;
}

const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** Returns the numeric value of an active parameter. */
const num = (params: Readonly<Record<string, unknown>>, name: string): number => Number(params[name]);

export const surrogates: Readonly<Record<string, Objective>> = {
  cat_branin5: (p) => {
    const [dx, dy, o] = { a: [0, 0, 0], b: [2, -1, 1.5], c: [-3, 2, -0.8], d: [1, 4, 0.4], e: [4, 3, 2] }[String(p['c0'])]!;
    const s = { p: 1, q: 0.5, r: 1.5, s: 0.8 }[String(p['c1'])]!;
    const t = p['c2'] === (p['c1'] === 'q' || p['c1'] === 's') ? 0 : 1.2;
    return s * branin(clip(num(p, 'x0') - dx!, -5, 10), clip(num(p, 'x1') - dy!, 0, 15)) + o! + t + 2;
  },
  conditional_models: (p) => {
    const shared = 0.1 * (num(p, 'subsample') - 0.8) ** 2;
    if (p['model'] === 'svm') {
      const c = log10(num(p, 'svm_C')) - 1.3;
      return 0.12 + 0.02 * c ** 2 + 0.03 * (log10(num(p, 'svm_gamma')) + 2.2 + 0.4 * c) ** 2 + shared;
    }
    if (p['model'] === 'rf') return 0.15 + 0.01 * (log2(num(p, 'rf_depth')) - 3.7) ** 2 + 0.3 * (num(p, 'rf_feat') - 0.45) ** 2 + shared;
    const layers = num(p, 'mlp_layers');
    let loss = 0.08 + 0.04 * (log10(num(p, 'mlp_lr')) + 2.8) ** 2 + 0.05 * (layers - 2) ** 2;
    for (let k = 0; k < layers; k++) loss += 0.01 * (log2(num(p, `mlp_u${k}`)) - (7.5 - 0.8 * k)) ** 2;
    return loss + shared;
  },
  nn_surrogate8: (p) => {
    const opt = String(p['opt']);
    const act = String(p['act']);
    const batch = num(p, 'batch') / 128;
    const best = { sgd: -0.7, momentum: -1.5, adam: -3, lamb: -2.3 }[opt]! + 0.5 * log10(batch);
    const e = log10(num(p, 'lr')) - best;
    if (e > 1.2) return 1;
    const cap = num(p, 'layers') * log2(num(p, 'width'));
    const dropout = num(p, 'dropout') - Math.min(0.6, Math.max(0, (cap - 20) / 60));
    const loss =
      0.2 +
      0.06 * e ** 2 +
      0.0006 * (cap - 32) ** 2 +
      0.25 * dropout ** 2 +
      0.01 * (log10(num(p, 'wd')) + 3.5) ** 2 +
      { sgd: 0.05, momentum: 0.02, adam: 0.01, lamb: 0.015 }[opt]! +
      { relu: 0.01, gelu: 0, tanh: 0.03 }[act]! +
      0.005 * Math.abs(log2(batch));
    return Math.min(1, loss);
  },
};
