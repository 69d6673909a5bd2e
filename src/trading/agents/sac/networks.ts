import {
  add,
  clip,
  concat,
  constant,
  exp,
  mul,
  neg,
  reshape,
  slice,
  sliceVector,
  softplus,
  square,
  sub,
  sum,
  tanh,
} from '../../../tensor/graph/ops/index.ts';
import { sizeOf } from '../../../tensor/graph/shapes.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { mlp } from '../../../tensor/nn/mlp.ts';
import type { Layer, Layout, Parameters } from '../../../tensor/nn/parameters.ts';
import { layoutOf } from '../../../tensor/nn/parameters.ts';
import type { SacOptions } from './options.ts';
import type { View } from './view.ts';
import { createView } from './view.ts';

/**
 * The actor gives a mean and a log standard deviation per action; the two critics have the same layers. Each network gets features from a
 * view of the observations: the actor and the critics have one view each, or all use the critics' view.
 */
export interface SacNetworks {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly actor: Layer;
  /** One critic; the layout holds each of its parameters twice, along a leading axis. */
  readonly critic: Layer;
  readonly views: { readonly actor: View; readonly critics: View };
  /** True if the actor uses the critics' view, whose parameters only the critics' loss moves (Yarats et al. 2021). */
  readonly shared: boolean;
  readonly actorLayout: Layout;
  readonly criticLayout: Layout;
}

export function createNetworks(observationSize: number, actionSize: number, options: SacOptions): SacNetworks {
  const shared = options.sharedView && (options.memory !== 'none' || options.encoder !== 'none');
  const ofCritics = createView(shared ? 'shared' : 'critic', { observationSize, actionSize }, options);
  const ofActor = shared ? ofCritics : createView('actor', { observationSize, actionSize }, options);
  const actor = mlp('actor', [ofActor.outputs, ...options.hidden, 2 * actionSize]);
  const critic = mlp('critic', [ofCritics.outputs + actionSize, ...options.hidden, 1]);
  const twice = critic.parameters.map((parameter) => ({ ...parameter, shape: [2, ...parameter.shape] }));
  return {
    observationSize,
    actionSize,
    actor,
    critic,
    views: { actor: ofActor, critics: ofCritics },
    shared,
    actorLayout: layoutOf([...(shared ? [] : ofActor.parameters), ...actor.parameters]),
    criticLayout: layoutOf([...ofCritics.parameters, ...twice]),
  };
}

export interface SampledAction {
  /** [rows, actionSize], in (-1, 1). */
  readonly action: Tensor;
  /** [rows, 1]. */
  readonly logProbability: Tensor;
}

/** Bounds of the log standard deviation in stable-baselines3. */
const lowestLogDeviation = -20;
const highestLogDeviation = 2;

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

/** The two critics inside their flat vector. */
export interface Critics {
  /** Parameters of the view that both critics share. */
  readonly view: Parameters;
  /** Parameters of each critic's own layers. */
  readonly own: readonly [Parameters, Parameters];
  /** All of these tensors in the order of the layout. */
  readonly inOrder: readonly Tensor[];
}

/**
 * Splits the critics' vector into two networks. Compared with one network on a leading axis this needs fewer ops, and biases and ReLUs are
 * computed in one pass with the products.
 */
export function criticsOf({ critic, criticLayout }: SacNetworks, vector: Tensor): Critics {
  const shapes = new Map(critic.parameters.map(({ name, shape }) => [name, shape]));
  const placed = criticLayout.parameters.map((parameter) => ({ ...parameter, ownShape: shapes.get(parameter.name) }));
  const view = Object.fromEntries(
    placed.flatMap(({ name, offset, shape, ownShape }) => (ownShape === undefined ? [[name, sliceVector(vector, offset, shape)]] : [])),
  );
  const ownOf = (copy: number): Parameters =>
    Object.fromEntries(
      placed.flatMap(({ name, offset, ownShape }) =>
        ownShape === undefined ? [] : [[name, sliceVector(vector, offset + copy * sizeOf(ownShape), ownShape)]],
      ),
    );
  const own = [ownOf(0), ownOf(1)] as const;
  const inOrder = placed.flatMap(({ name }) => (name in view ? [view[name]!] : own.map((parts) => parts[name]!)));
  return { view, own, inOrder };
}

/** Both critics' values, [rows, 1] each. */
export function criticValues(networks: SacNetworks, { own }: Critics, features: Tensor, actions: Tensor): readonly [Tensor, Tensor] {
  const joined = concat([features, actions], 1);
  return [networks.critic.apply(own[0], joined), networks.critic.apply(own[1], joined)];
}

/** r + discount (min Q' - alpha log p'), all [rows, 1]; the discount is 0 after a termination, and gamma^n for a return of n steps. */
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

/** -mean(log alpha * (log p + H)): its gradient in log alpha is -mean(log p + H), so that too little entropy raises alpha. */
export function temperatureLoss(logAlpha: Tensor, logProbability: Tensor, targetEntropy: number): Tensor {
  const rows = logProbability.shape[0]!;
  return mul(neg(sum(mul(logAlpha, add(logProbability, constant(targetEntropy))))), constant(1 / rows));
}
