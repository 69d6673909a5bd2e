/**
 * Whether several seeds of a trial learn faster as one graph: S gradient steps of SAC one after another, each in its own session, beside
 * one session whose networks have the seeds on a leading axis. Onnx, no memory.
 */

import { createRng } from '../../../src/core/rng.ts';
import type { Executor, Feeds, Program } from '../../../src/tensor/executors/executor.ts';
import { gradients } from '../../../src/tensor/graph/gradients.ts';
import { type Graph, leavesOf } from '../../../src/tensor/graph/graph.ts';
import {
  add,
  broadcast,
  clip,
  concat,
  constant,
  exp,
  input,
  mul,
  reshape,
  slice,
  square,
  state,
  stopGradient,
  sub,
  sum,
} from '../../../src/tensor/graph/ops/index.ts';
import { sizeOf } from '../../../src/tensor/graph/shapes.ts';
import type { Tensor } from '../../../src/tensor/graph/tensor.ts';
import { mlp } from '../../../src/tensor/nn/mlp.ts';
import { createOptimizer } from '../../../src/tensor/nn/optimizers/optimizer.ts';
import { flatten, layoutOf, type Parameters, partsOf } from '../../../src/tensor/nn/parameters.ts';
import { polyak } from '../../../src/tensor/nn/polyak.ts';
import { updateGraph } from '../../../src/trading/agents/sac/graphs.ts';
import { createNetworks, smallerValue, squashedGaussian, temporalTarget } from '../../../src/trading/agents/sac/networks.ts';
import { sacDefaults } from '../../../src/trading/agents/sac/options.ts';
import { costOf } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { large, perSecond, row, type Sizes, small } from './shared.ts';

/** The gradient step of SAC for `seeds` agents at once: actors [seeds, ..], critics [2 seeds, ..], first critics first. */
function stackedGraph({ width, batch, observationSize, actionSize }: Sizes, seeds: number): Graph {
  const all = seeds * batch;
  const actorOf = mlp('actor', [observationSize, width, width, 2 * actionSize], seeds);
  const criticsOf = mlp('critic', [observationSize + actionSize, width, width, 1], 2 * seeds);
  const [actorLayout, criticLayout] = [layoutOf(actorOf.parameters), layoutOf(criticsOf.parameters)];
  const vectors = {
    actor: state('actor', [actorLayout.size]),
    critics: state('critic', [criticLayout.size]),
    targets: state('targetCritic', [criticLayout.size]),
    logAlpha: state('temperature/log', [seeds]),
  };
  const [actor, critics] = [partsOf(actorLayout, vectors.actor), partsOf(criticLayout, vectors.critics)];
  const perSeed = (name: string, columns: number): Tensor => input(name, [seeds, batch, columns]);
  const [observation, nextObservation] = [perSeed('observation', observationSize), perSeed('nextObservation', observationSize)];
  const flat = (x: Tensor): Tensor => reshape(x, [all, x.shape[2]!]);
  const alpha = reshape(broadcast(reshape(stopGradient(exp(vectors.logAlpha)), [seeds, 1, 1]), [seeds, batch, 1]), [all, 1]);

  const sample = (seen: Tensor, noise: Tensor) => {
    const head = flat(actorOf.apply(actor, seen));
    return squashedGaussian(slice(head, 1, 0, actionSize), clip(slice(head, 1, actionSize, 2 * actionSize), -20, 2), flat(noise));
  };
  const valuesOf = (parameters: Parameters, seen: Tensor, actions: Tensor): Tensor => {
    const joined = concat([seen, reshape(actions, [seeds, batch, actionSize])], 2);
    const both = reshape(broadcast(joined, [2, ...joined.shape]), [2 * seeds, batch, joined.shape[2]!]);
    return reshape(criticsOf.apply(parameters, both), [2, all, 1]);
  };
  const optimizer = createOptimizer(sacDefaults);
  const step = (name: string, vector: Tensor, layout: typeof actorLayout, parts: Parameters, loss: Tensor) => {
    const slopes = gradients(
      loss,
      layout.parameters.map((parameter) => parts[parameter.name]!),
    );
    return optimizer.step(name, vector, flatten(slopes), layout);
  };

  const [now, next] = [sample(observation, perSeed('noise', actionSize)), sample(nextObservation, perSeed('nextNoise', actionSize))];
  const entropy = sum(reshape(stopGradient(add(now.logProbability, constant(-actionSize))), [seeds, batch]), [1]);
  const alphaLoss = mul(sum(mul(vectors.logAlpha, entropy)), constant(-1 / batch));
  const alphaStep = optimizer.step('temperature/log', vectors.logAlpha, gradients(alphaLoss, [vectors.logAlpha])[0]!);
  const target = temporalTarget({
    rewards: flat(perSeed('reward', 1)),
    discount: flat(perSeed('discount', 1)),
    nextValue: smallerValue(valuesOf(partsOf(criticLayout, vectors.targets), nextObservation, next.action)),
    nextLogProbability: next.logProbability,
    alpha,
  });
  const errors = sub(valuesOf(critics, observation, flat(perSeed('action', actionSize))), stopGradient(target));
  const criticLoss = mul(sum(square(errors)), constant(0.5 / batch));
  const criticStep = step('critic', vectors.critics, criticLayout, critics, criticLoss);
  const value = smallerValue(valuesOf(partsOf(criticLayout, criticStep.value), observation, now.action));
  const actorLoss = mul(sum(sub(mul(alpha, now.logProbability), value)), constant(1 / batch));
  const actorStep = step('actor', vectors.actor, actorLayout, actor, actorLoss);
  return {
    outputs: { criticLoss, actorLoss, alphaLoss },
    updates: [
      ...optimizer.updates,
      ...alphaStep.updates,
      ...criticStep.updates,
      ...actorStep.updates,
      { state: vectors.targets, value: polyak(vectors.targets, criticStep.value, sacDefaults.tau) },
    ],
  };
}

function randomFeeds(graph: Graph): Feeds {
  const rng = createRng('seeds');
  const normal = (length: number) => Float32Array.from({ length }, () => 0.5 * rng.normal());
  return Object.fromEntries(leavesOf(graph, 'input').map(({ name, shape }) => [name, normal(sizeOf(shape))]));
}

/** Weights must be plain numbers, or the processor spends its time on others. */
function begin(program: Program): void {
  const rng = createRng('weights');
  for (const { name, shape } of program.states)
    if (!name.includes('/'))
      program.write(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => 0.1 * rng.normal()),
      );
}

export async function seedsRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const sizes of [small, large]) {
    const { width, batch, observationSize, actionSize } = sizes;
    const options = { ...sacDefaults, hidden: [width, width], batchSize: batch };
    const one = updateGraph(createNetworks(observationSize, actionSize, options), options, -actionSize);
    const feeds = randomFeeds(one);
    for (const seeds of [2, 4]) {
      const apart = await Promise.all(Array.from({ length: seeds }, () => executor.compile({ update: one })));
      const stacked = stackedGraph(sizes, seeds);
      const together = await executor.compile({ update: stacked });
      for (const program of [...apart, together]) begin(program);
      const fed = randomFeeds(stacked);
      const calls = width > 100 ? 10 : 50;
      const separate = await costOf(async () => {
        for (const program of apart) await program.run('update', feeds);
      }, calls);
      const batched = await costOf(() => together.run('update', fed), calls);
      const of = `${executor.id}: SAC, MLP 2 x ${width}, batch ${batch}, ${seeds} seeds`;
      rows.push(row(`${of}, one session each`, 'steps/s of all seeds', seeds * perSecond(separate.cpuMs)));
      rows.push(row(`${of}, one batched graph`, 'steps/s of all seeds', seeds * perSecond(batched.cpuMs)));
      rows.push(row(`${of}, batched over separate`, 'x', separate.cpuMs / batched.cpuMs));
      for (const program of [...apart, together]) await program.dispose();
    }
  }
  return rows;
}
