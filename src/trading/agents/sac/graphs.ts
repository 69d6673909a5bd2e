import { gradients } from '../../../tensor/graph/gradients.ts';
import type { Graph } from '../../../tensor/graph/graph.ts';
import { constant, div, exp, input, mean, mul, neg, square, state, stopGradient, sub, sum } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import type { AdamClock } from '../../../tensor/nn/adam.ts';
import { adam, adamClock } from '../../../tensor/nn/adam.ts';
import type { Layout, Parameters } from '../../../tensor/nn/parameters.ts';
import { flatten, partsOf } from '../../../tensor/nn/parameters.ts';
import { polyak } from '../../../tensor/nn/polyak.ts';
import type { Normalisation } from '../agent.ts';
import type { SacNetworks } from './networks.ts';
import { criticValues, meanAction, sampleAction, smallerValue, temperatureLoss, temporalTarget } from './networks.ts';
import type { SacOptions } from './options.ts';

/** Names of the states that hold trainable vectors; the layouts of the networks say what lies where in them. */
export const vectors = { actor: 'actor', critics: 'critic', targetCritics: 'targetCritic', logAlpha: 'temperature/log' } as const;

/** Actions of `rows` environments; zero noise gives the policy's mean action. */
export function actGraph(networks: SacNetworks, rows: number): Graph {
  const actor = partsOf(networks.actorLayout, state(vectors.actor, [networks.actorLayout.size]));
  const observations = input('observation', [rows, networks.observationSize]);
  const noise = input('noise', [rows, networks.actionSize]);
  return { outputs: { action: sampleAction(networks, actor, observations, noise).action } };
}

/** The policy to save: one row in, its mean action out, the normalisation in front. */
export function policyGraph(networks: SacNetworks, normalisation: Normalisation | undefined): Graph {
  const size = networks.observationSize;
  const raw = input('observation', [1, size]);
  const observation =
    normalisation === undefined ? raw : div(sub(raw, constant(Array.from(normalisation.mean))), constant(Array.from(normalisation.scale)));
  const actor = partsOf(networks.actorLayout, state(vectors.actor, [networks.actorLayout.size]));
  return { outputs: { action: meanAction(networks, actor, observation) } };
}

/**
 * One gradient step of SAC as one graph, in the order of stable-baselines3 (sac/sac.py): the temperature used is the one before
 * its own step; the critics step first; the actor then faces the critics just updated; the target critics follow last.
 */
export function updateGraph(networks: SacNetworks, options: SacOptions, targetEntropy: number): Graph {
  const { observationSize, actionSize } = networks;
  const rows = options.batchSize;
  const observations = input('observation', [rows, observationSize]);
  const nextObservations = input('nextObservation', [rows, observationSize]);
  const actions = input('action', [rows, actionSize]);

  const clock = adamClock('adam/correction');
  const logAlpha = state(vectors.logAlpha, [1]);
  const alpha = stopGradient(exp(logAlpha));

  const actorVector = state(vectors.actor, [networks.actorLayout.size]);
  const actor = partsOf(networks.actorLayout, actorVector);
  const sampled = sampleAction(networks, actor, observations, input('noise', [rows, actionSize]));
  const next = sampleAction(networks, actor, nextObservations, input('nextNoise', [rows, actionSize]));

  // Temperature.
  const alphaLoss = temperatureLoss(logAlpha, stopGradient(sampled.logProbability), targetEntropy);
  const alphaStep = adam(vectors.logAlpha, logAlpha, gradients(alphaLoss, [logAlpha])[0]!, options.learningRate, clock);

  // Critics.
  const targetVector = state(vectors.targetCritics, [networks.criticLayout.size]);
  const targetCritics = partsOf(networks.criticLayout, targetVector);
  const target = temporalTarget({
    rewards: input('reward', [rows, 1]),
    terminated: input('terminated', [rows, 1]),
    nextValue: smallerValue(criticValues(networks, targetCritics, nextObservations, next.action)),
    nextLogProbability: next.logProbability,
    alpha,
    gamma: options.gamma,
  });
  const criticVector = state(vectors.critics, [networks.criticLayout.size]);
  const critics = partsOf(networks.criticLayout, criticVector);
  const values = criticValues(networks, critics, observations, actions);
  const criticLoss = mul(sum(square(sub(values, stopGradient(target)))), constant(0.5 / rows));
  const criticStep = stepOf(vectors.critics, criticVector, networks.criticLayout, critics, criticLoss, options.learningRate, clock);

  // Actor, against the critics just updated.
  const updatedCritics = partsOf(networks.criticLayout, criticStep.value);
  const value = smallerValue(criticValues(networks, updatedCritics, observations, sampled.action));
  const actorLoss = mean(sub(mul(alpha, sampled.logProbability), value));
  const actorStep = stepOf(vectors.actor, actorVector, networks.actorLayout, actor, actorLoss, options.learningRate, clock);

  return {
    outputs: { criticLoss, actorLoss, alphaLoss, alpha: sum(alpha), entropy: neg(mean(sampled.logProbability)), value: mean(value) },
    updates: [
      clock.update,
      ...alphaStep.updates,
      ...criticStep.updates,
      ...actorStep.updates,
      { state: targetVector, value: polyak(targetVector, criticStep.value, options.tau) },
    ],
  };
}

function stepOf(name: string, vector: Tensor, layout: Layout, parts: Parameters, loss: Tensor, learningRate: number, clock: AdamClock) {
  const slopes = gradients(
    loss,
    layout.parameters.map((parameter) => parts[parameter.name]!),
  );
  return adam(name, vector, flatten(slopes), learningRate, clock);
}
