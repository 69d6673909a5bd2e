import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../core/rng.ts';
import { choice, float } from '../../../space/builders.ts';
import { encodeParams } from '../../../space/codec.ts';
import { type CompiledSpace, compileSpace } from '../../../space/compile.ts';
import type { FlatParams } from '../../../space/param.ts';
import type { EarlierStudy, History, Observation } from '../../../trial/history.ts';
import { suggestUniform } from '../../random/random.ts';
import { logEi } from '../acquisition.ts';
import { coordinatesOf, type Point, pointOf } from '../coordinates.ts';
import { createGpSampler } from '../gp.ts';
import { type ModelInput, objectiveAspect, processOf } from '../model.ts';
import { noisyLogEi } from '../noisy-log-ei.ts';
import { objectiveModel } from '../objective-model.ts';
import { gpOptions } from '../options.ts';
import { policyOf } from '../policy.ts';
import { qLogEi } from '../q-log-ei.ts';
import { rankedTrials } from '../ranked-trials.ts';
import { rankWeights } from './rank-weights.ts';
import { warmStart } from './warm-start.ts';

const space = compileSpace({ x: float(0, 1), y: float(1e-3, 1, { log: true }), kind: choice(['a', 'b']) });
const valley = ({ x, y, kind }: FlatParams): number =>
  (Number(x) - 0.3) ** 2 + 0.2 * (Math.log10(Number(y)) + 1) ** 2 + (kind === 'a' ? 0 : 0.3);
const policy = policyOf(gpOptions.parse({}));
const sampler = createGpSampler(gpOptions.parse({}));

/** What an earlier study with this objective found on random parameters. */
function earlierOf(objective: (params: FlatParams) => number, of: CompiledSpace = space): EarlierStudy {
  const rng = createRng('earlier');
  const trials = Array.from({ length: 30 }, () => suggestUniform(of, rng)).map((params) => ({ params, value: objective(params) }));
  return { name: 'earlier', direction: 'minimize', trials };
}

function historyOf(n: number, earlier?: readonly EarlierStudy[]): History {
  const rng = createRng('trials');
  const observations = Array.from({ length: n }, (_, number): Observation => {
    const params = suggestUniform(space, rng);
    return { state: 'complete', number, params, value: valley(params) };
  });
  return { direction: 'minimize', observations, ...(earlier !== undefined && { earlier }) };
}

function inputOf(history: History): ModelInput {
  const coordinates = coordinatesOf(space);
  const at = (params: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, params));
  const rng = createRng('input');
  return { coordinates, history, trials: rankedTrials(history, at, rng), at, policy, rng };
}

const trustIn = (history: History): number => {
  const input = inputOf(history);
  return warmStart(input, objectiveAspect(input))?.trust ?? 0;
};

describe('an earlier study', () => {
  test('is begun at its best place, and that of a space that shares some parameters as well', () => {
    const first = sampler.suggest(space, { ...historyOf(0), earlier: [earlierOf(valley)] }, createRng(1));
    expect(first).toMatchObject({ x: expect.closeTo(0.3, 1) as number, kind: 'a' });
    const other = compileSpace({ x: float(-1, 2), z: float(0, 1) });
    const partly = earlierOf(({ x }) => (Number(x) - 0.3) ** 2, other);
    expect(sampler.suggest(space, { ...historyOf(0), earlier: [partly] }, createRng(1))['x']).toBeCloseTo(0.3, 1);
    const foreign = earlierOf(({ z }) => Number(z), compileSpace({ z: float(0, 1) }));
    expect(sampler.suggest(space, { ...historyOf(0), earlier: [foreign] }, createRng(1))).toEqual(
      sampler.suggest(space, historyOf(0), createRng(1)),
    );
  });

  test('counts by how it orders the trials, whatever its scale and direction', () => {
    expect(trustIn(historyOf(6, [earlierOf(valley)]))).toBeGreaterThan(0.5);
    expect(trustIn(historyOf(6, [earlierOf((params) => 1000 * valley(params) - 5)]))).toBeGreaterThan(0.5);
    const mirrored = { ...earlierOf((params) => -valley(params)), direction: 'maximize' as const };
    expect(trustIn(historyOf(6, [mirrored]))).toBeGreaterThan(0.5);
    expect(trustIn(historyOf(6, [earlierOf((params) => -valley(params))]))).toBe(0);
  });

  test('that is opposite changes no suggestion of the model', () => {
    for (const n of [8, 17, 40])
      expect(sampler.suggest(space, historyOf(n, [earlierOf((params) => -valley(params))]), createRng(n))).toEqual(
        sampler.suggest(space, historyOf(n), createRng(n)),
      );
  });

  test('beside an opposite one is followed alone', () => {
    const [right, wrong] = [earlierOf(valley), earlierOf((params) => -valley(params))];
    const input = inputOf(historyOf(6, [wrong, right]));
    const alone = inputOf(historyOf(6, [right]));
    const [both, one] = [input, alone].map((own) => warmStart(own, objectiveAspect(own))!.trend);
    for (const { point } of input.trials) expect(both!.at(point)).toBeCloseTo(one!.at(point), 1);
  });

  test('suggestions are the same in a process that asks for the first time', () => {
    const asked = historyOf(12, [earlierOf(valley)]);
    const again = (): FlatParams => sampler.suggest(space, structuredClone(historyOf(12, [earlierOf(valley)])), createRng(3));
    for (let n = 2; n < 12; n++) sampler.suggest(space, { ...asked, observations: asked.observations.slice(0, n) }, createRng(n));
    expect(sampler.suggest(space, asked, createRng(3))).toEqual(again());
  });
});

describe('a process with a trend', () => {
  const input = inputOf(historyOf(7, [earlierOf((params) => valley(params) + 0.1 * Number(params['x']))]));
  const model = objectiveModel(input)!;

  test('expects at the trials what they brought', () => {
    const cold = processOf(input, objectiveAspect(input))!;
    expect(model.process.trend).toBeDefined();
    const threshold = 0;
    const [warm, plain] = [logEi(model.process, threshold), logEi(cold.process, threshold)];
    // Both pass through the trials, so that they agree there and not elsewhere.
    for (const { point } of input.trials.slice(0, 2)) expect(warm.at(point)).toBeCloseTo(plain.at(point), 0);
    expect(warm.at(Float64Array.of(0.3, 0.66, 0))).not.toBeCloseTo(plain.at(Float64Array.of(0.3, 0.66, 0)), 1);
  });

  test('every acquisition has the gradient of its value, and the same value at many points', () => {
    const counts = input.trials.map(() => true);
    const acquisitions = [
      logEi(model.process, 0.5),
      noisyLogEi(model.process, model.data, counts, [Float64Array.of(0.5, 0.5, 1)])!,
      qLogEi(model.process, model.data.targets.subarray(0, 5), model.process.mean, 0.5),
    ];
    const points = Array.from({ length: 6 }, (_, i) => Float64Array.of(0.15 * i + 0.07, 0.9 - 0.13 * i, i % 2));
    for (const acquisition of acquisitions) {
      const all = acquisition.atAll(points);
      points.forEach((point, i) => {
        expect(all[i]).toBeCloseTo(acquisition.at(point), 9);
        const gradient = new Float64Array(3);
        acquisition.gradientAt(point, gradient);
        for (const axis of [0, 1]) {
          const step = (by: number): number => acquisition.at(point.with(axis, point[axis]! + by));
          const numeric = (step(1e-5) - step(-1e-5)) / 2e-5;
          expect(Math.abs(gradient[axis]! - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(numeric)));
        }
      });
    }
  });
});

test('weights by rank: of chance alone nearly nothing, of the right order nearly all', () => {
  const rng = createRng('orders');
  const exactly = (values: readonly number[]) => values.map((mean) => ({ mean, variance: 1e-6 }));
  const [right, chance] = [0, 0].map(() => ({ sum: 0 }));
  for (let round = 0; round < 50; round++) {
    const targets = Float64Array.from({ length: 8 }, () => rng.normal());
    const unrelated = exactly(Array.from(targets, () => rng.normal()));
    const vague = Array.from(targets, () => ({ mean: 0, variance: 1 }));
    right!.sum += rankWeights([exactly([...targets])], vague, targets)[0]! / 50;
    chance!.sum += rankWeights([unrelated], vague, targets)[0]! / 50;
    expect(rankWeights([exactly(Array.from(targets, (value) => -value))], vague, targets)).toEqual([0]);
  }
  expect(right!.sum).toBeGreaterThan(0.9);
  expect(chance!.sum).toBeLessThan(0.12);
});
