import { erfcx } from '../../../core/erf.ts';
import { logNormalCdf, logNormalPdf, normalCdf } from '../../../core/normal.ts';

const sqrtHalfPi = Math.sqrt(Math.PI / 2);

/**
 * log E[max(z + standard normal, 0)] = log(phi(z) + z Phi(z)), without cancellation (Ament et al. 2023, "Unexpected
 * improvements to expected improvement for Bayesian optimization"). NaN in, NaN out.
 */
export function standardLogEi(z: number): number {
  if (z > -5) return Math.log(Math.exp(logNormalPdf(z)) + z * normalCdf(z));
  if (z > -200) return logNormalPdf(z) + Math.log1p(z * sqrtHalfPi * erfcx(-z * Math.SQRT1_2));
  // 1 + z Phi(z) / phi(z) as its asymptotic series, since the difference would lose half of its digits.
  const w = 1 / (z * z);
  return logNormalPdf(z) - 2 * Math.log(-z) + Math.log1p(w * (-3 + w * (15 - 105 * w)));
}

/** Derivative of `standardLogEi`, Phi(z) / (phi(z) + z Phi(z)), from its value. */
export function standardLogEiGradient(z: number, logEi: number): number {
  return Math.exp(logNormalCdf(z) - logEi);
}
