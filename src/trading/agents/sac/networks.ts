import {
  add,
  broadcast,
  clip,
  concat,
  constant,
  exp,
  min,
  mul,
  neg,
  reshape,
  slice,
  softplus,
  square,
  sub,
  sum,
  tanh,
} from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { mlp } from '../../../tensor/nn/mlp.ts';
import type { Layer, Layout, Parameters } from '../../../tensor/nn/parameters.ts';
import { layoutOf } from '../../../tensor/nn/parameters.ts';
import type { SacOptions } from './options.ts';
import type { View } from './view.ts';
import { createView } from './view.ts';

/**
 * The actor gives a mean and a log standard deviation per action; the two critics are one network with a leading axis of 2. Each
 * stands on a view of the observations: the actor's own and one that both critics share, or one for all, which is the critics' then.
 */
export interface SacNetworks {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly actor: Layer;
  readonly critics: Layer;
  readonly views: { readonly actor: View; readonly critics: View };
  /** Whether the actor looks through the critics' view, whose parameters the critics' loss alone moves (Yarats et al. 2021). */
  readonly shared: boolean;
  readonly actorLayout: Layout;
  readonly criticLayout: Layout;
}

export function createNetworks(observationSize: number, actionSize: number, options: SacOptions): SacNetworks {
  const shared = options.sharedView && (options.memory !== 'none' || options.encoder !== 'none');
  const ofCritics = createView(shared ? 'shared' : 'critic', observationSize, options);
  const ofActor = shared ? ofCritics : createView('actor', observationSize, options);
  const actor = mlp('actor', [ofActor.outputs, ...options.hidden, 2 * actionSize]);
  const critics = mlp('critic', [ofCritics.outputs + actionSize, ...options.hidden, 1], 2);
  return {
    observationSize,
    actionSize,
    actor,
    critics,
    views: { actor: ofActor, critics: ofCritics },
    shared,
    actorLayout: layoutOf([...(shared ? [] : ofActor.parameters), ...actor.parameters]),
    criticLayout: layoutOf([...ofCritics.parameters, ...critics.parameters]),
  };
}

export interface SampledAction {
  /** [rows, actionSize], in (-1, 1). */
  readonly action: Tensor;
  /** [rows, 1]. */
  readonly logProbability: Tensor;
}

/** Bounds of the log standard deviation in stable-baselines3. */
const [lowestLogDeviation, highestLogDeviation] = [-20, 2];

/** a = tanh(mean + deviation * noise), with its log-probability. `noise` is standard normal, [rows, actionSize]. */
export function sampleAction(networks: SacNetworks, actor: Parameters, features: Tensor, noise: Tensor): SampledAction {
  const { actionSize } = networks;
  const head = networks.actor.apply(actor, features);
  const mean = slice(head, 1, 0, actionSize);
  const logDeviation = clip(slice(head, 1, actionSize, 2 * actionSize), lowestLogDeviation, highestLogDeviation);
  return squashedGaussian(mean, logDeviation, noise);
}

/**
 * The tanh-Gaussian (Haarnoja et al. 2018, appendix C). With u = mean + exp(logDeviation) * noise,
 *   log p = sum_i [ -noise^2 / 2 - logDeviation - log(2 pi) / 2 - 2 (log 2 - u - softplus(-2u)) ];
 * the last term is log(1 - tanh(u)^2) in the form that stays exact for large |u|.
 */
export function squashedGaussian(mean: Tensor, logDeviation: Tensor, noise: Tensor): SampledAction {
  const u = add(mean, mul(exp(logDeviation), noise));
  const correction = mul(add(u, softplus(mul(u, constant(-2)))), constant(2));
  const spread = add(mul(square(noise), constant(0.5)), logDeviation);
  const perAction = sub(sub(correction, spread), constant(Math.log(2 * Math.PI) / 2 + 2 * Math.LN2));
  return { action: tanh(u), logProbability: reshape(sum(perAction, [1]), [mean.shape[0]!, 1]) };
}

/** The action without noise: tanh(mean), [rows, actionSize]. */
export function meanAction(networks: SacNetworks, actor: Parameters, features: Tensor): Tensor {
  return tanh(slice(networks.actor.apply(actor, features), 1, 0, networks.actionSize));
}

/** Both critics' values, [2, rows, 1]. */
export function criticValues(networks: SacNetworks, critics: Parameters, features: Tensor, actions: Tensor): Tensor {
  const joined = concat([features, actions], 1);
  return networks.critics.apply(critics, broadcast(joined, [2, ...joined.shape]));
}

/** The smaller of the two values, [rows, 1]. */
export function smallerValue(values: Tensor): Tensor {
  const rows = values.shape[1]!;
  const of = (critic: number) => reshape(slice(values, 0, critic, critic + 1), [rows, 1]);
  return min(of(0), of(1));
}

/** r + discount (min Q' - alpha log p'), all [rows, 1]; the discount is 0 after a termination, and gamma^n n steps on. */
export function temporalTarget(parts: {
  readonly rewards: Tensor;
  readonly discount: Tensor;
  readonly nextValue: Tensor;
  readonly nextLogProbability: Tensor;
  readonly alpha: Tensor;
}): Tensor {
  const soft = sub(parts.nextValue, mul(parts.alpha, parts.nextLogProbability));
  return add(parts.rewards, mul(parts.discount, soft));
}

/** -mean(log alpha * (log p + H)): its slope in log alpha is -mean(log p + H), so that too little entropy raises alpha. */
export function temperatureLoss(logAlpha: Tensor, logProbability: Tensor, targetEntropy: number): Tensor {
  const rows = logProbability.shape[0]!;
  return mul(neg(sum(mul(logAlpha, add(logProbability, constant(targetEntropy))))), constant(1 / rows));
}
