import { dot } from '../../../../core/linear-algebra/cholesky.ts';
import { createRng, type Rng } from '../../../../core/rng.ts';
import type { Prediction } from '../predict.ts';
import type { Process } from '../process.ts';

/** Number of draws from the models' predictions. */
const draws = 64;

/**
 * Returns the share of each earlier study in what is expected of the new one, by how well it orders the new study's trials (the ranking-weighted
 * ensemble of Feurer, Letham and Bakshy 2018, "Scalable meta-learning for Bayesian optimization"): in how many draws from all predictions it puts
 * fewest pairs in the wrong order, the new study's own model among them, which predicts each trial from the others. Shares of orders that chance
 * brings are reduced: an unrelated study has half of all pairs right, and counts nothing up to one standard deviation more, in full from two.
 * @param predictions of each earlier study at the new study's points.
 * @param targets of the new study, larger is better.
 */
export function rankWeights(
  predictions: readonly (readonly Prediction[])[],
  own: readonly Prediction[],
  targets: Float64Array,
): readonly number[] {
  const n = targets.length;
  if (n < 2) return predictions.map(() => 1 / predictions.length);
  const rng = createRng('rank weights');
  const firsts = new Float64Array(predictions.length);
  for (let s = 0; s < draws; s++) {
    const losses = predictions.map((of) => wrongPairs(drawn(of, rng), targets));
    const least = Math.min(...losses, wrongOwnPairs(drawn(own, rng), targets));
    // A draw that the new study's model leads counts for it alone, also on equal terms with others.
    const leads = losses.flatMap((loss, i) => (loss === least ? [i] : []));
    for (const i of leads) firsts[i]! += 1 / leads.length / draws;
  }
  // Deviation of the share of wrong pairs of two unrelated orders (Kendall 1938).
  const chance = Math.sqrt((2 * (2 * n + 5)) / (9 * n * (n - 1))) / 2;
  return predictions.map((of, i) => {
    const wrong = wrongPairs(
      of.map(({ mean }) => mean),
      targets,
    );
    return firsts[i]! * Math.min(Math.max((0.5 - wrong) / chance - 1, 0), 1);
  });
}

/** Predictions of each target from all others (Rasmussen and Williams 2006, equations 5.12). */
export function predictedFromOthers({ inverse, weights }: Process, targets: Float64Array): readonly Prediction[] {
  const n = targets.length;
  return Array.from(targets, (target, i) => {
    const precision = dot(inverse, i * n + i, inverse, i * n + i, n - i);
    return { mean: target - weights[i]! / precision, variance: 1 / precision };
  });
}

function drawn(predictions: readonly Prediction[], rng: Rng): readonly number[] {
  return predictions.map(({ mean, variance }) => mean + Math.sqrt(variance) * rng.normal());
}

/** Share of pairs of different targets that the values put in the wrong order. */
function wrongPairs(values: readonly number[], targets: Float64Array): number {
  let [wrong, all] = [0, 0];
  for (let i = 1; i < targets.length; i++)
    for (let k = 0; k < i; k++) {
      if (targets[i] === targets[k]) continue;
      all++;
      if (targets[i]! > targets[k]! !== values[i]! > values[k]!) wrong++;
    }
  return all === 0 ? 0.5 : wrong / all;
}

/** The same where each value is a prediction from all other targets, and is compared with these. */
function wrongOwnPairs(values: readonly number[], targets: Float64Array): number {
  let [wrong, all] = [0, 0];
  for (let i = 0; i < targets.length; i++)
    for (let k = 0; k < targets.length; k++) {
      if (targets[i] === targets[k]) continue;
      all++;
      if (targets[i]! > targets[k]! !== values[i]! > targets[k]!) wrong++;
    }
  return all === 0 ? 0.5 : wrong / all;
}
