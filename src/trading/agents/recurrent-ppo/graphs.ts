import { gradients } from '../../../tensor/graph/gradients.ts';
import type { Graph } from '../../../tensor/graph/graph.ts';
import {
  add,
  clip,
  constant,
  div,
  exp,
  input,
  mean,
  min,
  mul,
  neg,
  reduceMax,
  reshape,
  sqrt,
  square,
  state,
  stopGradient,
  sub,
  sum,
} from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { clipNorm } from '../../../tensor/nn/clip-norm.ts';
import { createOptimizer } from '../../../tensor/nn/optimizers/optimizer.ts';
import { flatten, partsOf } from '../../../tensor/nn/parameters.ts';
import type { Normalisation } from '../agent.ts';
import { normaliseFeatures } from '../normalise-features.ts';
import type { RecurrentNetworks } from './networks.ts';
import type { RecurrentPpoOptions } from './options.ts';

/** Name of the state that holds all trainable parameters. */
export const vectorName = 'networks';

/** Epsilon of Adam that PPO implementations use. */
const epsilon = 1e-5;

function partsIn(networks: RecurrentNetworks) {
  return partsOf(networks.layout, state(vectorName, [networks.layout.size]));
}

/** Graph of one step of `rows` environments. */
export function actGraph(networks: RecurrentNetworks, rows: number): Graph {
  const { spaces, distribution, stateSize } = networks;
  const parameters = partsIn(networks);
  const answer = networks.step(parameters, input('observation', [rows, spaces.observationSize]), input('state', [rows, stateSize]));
  const action = distribution.draw(parameters, answer.head, input('noise', [rows, distribution.headSize]));
  const { logProbability } = distribution.evaluate(parameters, answer.head, action);
  return { outputs: { action, logProbability, value: answer.value, nextState: answer.state } };
}

/** Graph of the critic's value of an observation. */
export function valueGraph(networks: RecurrentNetworks, rows: number): Graph {
  const { spaces, stateSize } = networks;
  const observation = input('observation', [rows, spaces.observationSize]);
  return { outputs: { value: networks.step(partsIn(networks), observation, input('state', [rows, stateSize])).value } };
}

/**
 * Graph of the likeliest actions of `rows` accounts, behind the normalisations that are given: the saved policy, and acting without
 * exploration. Observations and the memory's states go in, actions and the next states come out.
 */
export function policyGraph(networks: RecurrentNetworks, rows: number, outer?: Normalisation, own?: Normalisation): Graph {
  const { spaces, distribution, stateSize } = networks;
  const parameters = partsIn(networks);
  const raw = input('observation', [rows, spaces.observationSize]);
  const features = outer === undefined ? raw : normaliseFeatures(raw, outer);
  const observation = own === undefined ? features : normaliseFeatures(features, own);
  const answer = networks.step(parameters, observation, input('state', [rows, stateSize]));
  const still = constant(new Array<number>(rows * distribution.headSize).fill(0), [rows, distribution.headSize]);
  const drawn = distribution.draw(parameters, answer.head, still);
  return { outputs: { action: spaces.choices ? drawn : clip(drawn, -1, 1), nextState: answer.state } };
}

/** The clipped objective, -mean min(A ratio, A clip(ratio)) (Schulman et al. 2017, arXiv 1707.06347, equation 7). */
export function clippedLoss(ratio: Tensor, advantage: Tensor, range: number): Tensor {
  return neg(mean(min(mul(advantage, ratio), mul(advantage, clip(ratio, 1 - range, 1 + range)))));
}

/** Mean of (ratio - 1) - log ratio: never negative, zero for equal policies (Schulman, "Approximating KL divergence", 2020). */
export function approximateKl(logRatio: Tensor): Tensor {
  return mean(sub(sub(exp(logRatio), constant(1)), logRatio));
}

/**
 * One gradient step on `batchSequences` sequences, time first, each from the state stored at its first step. Where an episode begins inside
 * a sequence the memory is cleared, so that no padding is needed. Advantages are normalised within the batch.
 */
export function updateGraph(networks: RecurrentNetworks, options: RecurrentPpoOptions): Graph {
  const { spaces, distribution, stateSize, layout } = networks;
  const steps = options.sequenceSteps;
  const sequences = options.batchSequences;
  const rows = steps * sequences;
  const column = (name: string): Tensor => input(name, [rows, 1]);
  const vector = state(vectorName, [layout.size]);
  const parameters = partsOf(layout, vector);
  const { head, value } = networks.sequence(
    parameters,
    input('observation', [steps, sequences, spaces.observationSize]),
    input('start', [steps, sequences, 1]),
    input('state', [sequences, stateSize]),
  );
  const { logProbability, entropy } = distribution.evaluate(parameters, head, input('action', [rows, spaces.actionSize]));

  const logRatio = sub(logProbability, column('logProbability'));
  const ratio = exp(logRatio);
  const policyLoss = clippedLoss(ratio, normalised(column('advantage')), options.clip);
  const valueLoss = mean(square(sub(column('target'), value)));
  const meanEntropy = mean(entropy);
  const loss = sub(add(policyLoss, mul(valueLoss, constant(options.valueWeight))), mul(meanEntropy, constant(options.entropyWeight)));

  const derivatives = gradients(
    loss,
    layout.parameters.map(({ name }) => parameters[name]!),
  );
  const optimizer = createOptimizer(options, epsilon);
  const step = optimizer.step(vectorName, vector, clipNorm(flatten(derivatives), options.largestGradientNorm), layout);
  const largestError = reshape(reduceMax(reshape(square(sub(ratio, constant(1))), [rows]), 0), []);
  return {
    outputs: {
      loss,
      policyLoss,
      valueLoss,
      entropy: meanEntropy,
      approximateKl: stopGradient(approximateKl(logRatio)),
      largestRatioError: sqrt(largestError),
    },
    updates: [...optimizer.updates, ...step.updates],
  };
}

/** (A - mean) / (deviation + 1e-8), the deviation with n - 1, as in stable-baselines3. */
function normalised(advantage: Tensor): Tensor {
  const rows = advantage.shape[0]!;
  const centred = sub(advantage, mean(advantage));
  const deviation = sqrt(mul(sum(square(centred)), constant(1 / Math.max(rows - 1, 1))));
  return div(centred, add(deviation, constant(1e-8)));
}
