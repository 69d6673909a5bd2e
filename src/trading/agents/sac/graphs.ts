import { gradients } from '../../../tensor/graph/gradients.ts';
import type { Graph } from '../../../tensor/graph/graph.ts';
import { add, constant, exp, input, mean, min, mul, neg, square, state, stopGradient, sub, sum } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { createOptimizer, type Optimizer } from '../../../tensor/nn/optimizers/optimizer.ts';
import type { Layout, Parameters } from '../../../tensor/nn/parameters.ts';
import { flatten, partsOf } from '../../../tensor/nn/parameters.ts';
import { polyak } from '../../../tensor/nn/polyak.ts';
import { lastSteps } from '../../../tensor/nn/sequence-layer.ts';
import type { Normalisation } from '../agent.ts';
import { normaliseFeatures } from '../normalise-features.ts';
import type { SacNetworks } from './networks.ts';
import { criticsOf, criticValues, meanAction, sampleAction, temperatureLoss, temporalTarget } from './networks.ts';
import type { SacOptions } from './options.ts';
import type { View } from './view.ts';

/** Names of the states that hold trainable vectors; the networks' layouts say which parameter lies where. */
export const vectors = { actor: 'actor', critics: 'critic', targetCritics: 'targetCritic', logAlpha: 'temperature/log' } as const;

/** Graph of the actions of `rows` environments, drawn from the policy. With a memory, `state` goes in and `nextState` comes out. */
export function actGraph(networks: SacNetworks, rows: number): Graph {
  const { actor, look } = actorOf(networks);
  const { features, remembered } = look(input('observation', [rows, networks.observationSize]));
  const noise = input('noise', [rows, networks.actionSize]);
  return { outputs: { action: sampleAction(networks, actor, features, noise).action, ...remembered } };
}

/** Graph of the mean actions of `rows` environments, behind the normalisation: the saved policy, and acting without exploration. */
export function policyGraph(networks: SacNetworks, rows: number, normalisation?: Normalisation): Graph {
  const raw = input('observation', [rows, networks.observationSize]);
  const observation = normalisation === undefined ? raw : normaliseFeatures(raw, normalisation);
  const { actor, look } = actorOf(networks);
  const { features, remembered } = look(observation);
  return { outputs: { action: meanAction(networks, actor, features), ...remembered } };
}

/** The actor's parameters, and its view of one observation per row with the memory's next state. */
function actorOf(networks: SacNetworks) {
  const { actorLayout, criticLayout, shared, views } = networks;
  const actor = partsOf(actorLayout, state(vectors.actor, [actorLayout.size]));
  const seeing = shared ? partsOf(criticLayout, state(vectors.critics, [criticLayout.size])) : actor;
  const look = (observation: Tensor) => {
    const { stateSize } = views.actor;
    const before = stateSize === 0 ? null : input('state', [observation.shape[0]!, stateSize]);
    const { features, state: after } = views.actor.step(seeing, observation, before);
    return { features, remembered: after === null ? {} : { nextState: after } };
  };
  return { actor, look };
}

/** Features of the observation that the action was taken on, and of the one at the end of the return. */
interface Looked {
  readonly now: Tensor;
  readonly next: Tensor;
}

/** Inputs of a batch for a view: two rows, or one window that holds both observations. */
function batchInputs(networks: SacNetworks, options: SacOptions): (view: View, parameters: Parameters) => Looked {
  const { batchSize: rows, window, returnSteps } = options;
  const { observationSize } = networks;
  if (options.memory === 'none') {
    const observation = input('observation', [rows, observationSize]);
    const nextObservation = input('nextObservation', [rows, observationSize]);
    return (view, parameters) => ({
      now: view.step(parameters, observation, null).features,
      next: view.step(parameters, nextObservation, null).features,
    });
  }
  const steps = window + returnSteps;
  const observations = input('observations', [steps, rows, observationSize]);
  const starts = input('starts', [steps, rows, 1]);
  // An episode may end before the return has n steps.
  const reached = returnSteps === 1 ? 1 : lastSteps(input('reached', [steps, rows, 1]), returnSteps + 1);
  return (view, parameters) => {
    const at = view.sequence(parameters, { observations, starts }, returnSteps + 1);
    return { now: at(0), next: at(reached) };
  };
}

/**
 * One gradient step of SAC as one graph, in the order of stable-baselines3 (sac/sac.py): the temperature is the one before its own step;
 * the critics step first; the actor then uses the updated critics; the target critics follow last. The critics' view is computed once: the
 * actor uses the updated critic layers on the features from before the step.
 */
export function updateGraph(networks: SacNetworks, options: SacOptions, targetEntropy: number): Graph {
  const { actionSize, views, shared } = networks;
  const rows = options.batchSize;
  const actions = input('action', [rows, actionSize]);
  const look = batchInputs(networks, options);

  const optimizer = createOptimizer(options);
  const logAlpha = state(vectors.logAlpha, [1]);
  const alpha = stopGradient(exp(logAlpha));

  const actorVector = state(vectors.actor, [networks.actorLayout.size]);
  const actor = partsOf(networks.actorLayout, actorVector);
  const criticVector = state(vectors.critics, [networks.criticLayout.size]);
  const critics = criticsOf(networks, criticVector);
  const targetVector = state(vectors.targetCritics, [networks.criticLayout.size]);
  const targetCritics = criticsOf(networks, targetVector);

  const ofCritics = look(views.critics, critics.view);
  const ofActor = shared ? { now: stopGradient(ofCritics.now), next: ofCritics.next } : look(views.actor, actor);
  const sampled = sampleAction(networks, actor, ofActor.now, input('noise', [rows, actionSize]));
  const next = sampleAction(networks, actor, stopGradient(ofActor.next), input('nextNoise', [rows, actionSize]));

  // Temperature.
  const alphaLoss = temperatureLoss(logAlpha, stopGradient(sampled.logProbability), targetEntropy);
  const alphaStep = optimizer.step(vectors.logAlpha, logAlpha, gradients(alphaLoss, [logAlpha])[0]!);

  // Critics.
  const target = temporalTarget({
    rewards: input('reward', [rows, 1]),
    discount: input('discount', [rows, 1]),
    nextValue: min(...criticValues(networks, targetCritics, look(views.critics, targetCritics.view).next, next.action)),
    nextLogProbability: next.logProbability,
    alpha,
  });
  const values = criticValues(networks, critics, ofCritics.now, actions);
  const [one, other] = values.map((value) => square(sub(value, stopGradient(target)))) as [Tensor, Tensor];
  const squares = add(one, other);
  const prioritised = options.priorityExponent > 0;
  const criticLoss = mul(sum(prioritised ? mul(squares, input('weight', [rows, 1])) : squares), constant(0.5 / rows));
  const criticStep = stepOf(vectors.critics, criticVector, networks.criticLayout, critics.inOrder, criticLoss, optimizer);

  // Actor, against the critics just updated.
  const value = min(...criticValues(networks, criticsOf(networks, criticStep.value), stopGradient(ofCritics.now), sampled.action));
  const actorLoss = mean(sub(mul(alpha, sampled.logProbability), value));
  const ofActorInOrder = networks.actorLayout.parameters.map(({ name }) => actor[name]!);
  const actorStep = stepOf(vectors.actor, actorVector, networks.actorLayout, ofActorInOrder, actorLoss, optimizer);

  return {
    outputs: {
      criticLoss,
      actorLoss,
      alphaLoss,
      alpha: sum(alpha),
      entropy: neg(mean(sampled.logProbability)),
      value: mean(value),
      ...(prioritised && { squaredErrors: mul(squares, constant(0.5)) }),
    },
    updates: [
      ...optimizer.updates,
      ...alphaStep.updates,
      ...criticStep.updates,
      ...actorStep.updates,
      { state: targetVector, value: polyak(targetVector, criticStep.value, options.tau) },
    ],
  };
}

/** `parts`: the parameters of the vector that the loss depends on, in the layout's order. */
function stepOf(name: string, vector: Tensor, layout: Layout, parts: readonly Tensor[], loss: Tensor, optimizer: Optimizer) {
  return optimizer.step(name, vector, flatten(gradients(loss, parts)), layout);
}
