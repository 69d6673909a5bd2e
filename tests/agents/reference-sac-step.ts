/** One SAC step written out in float64 with derivatives by hand: shares nothing with the graph it is compared to. */

interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major inputs x outputs. */
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
}

export type Network = readonly Dense[];

export interface SacReference {
  readonly actor: Network;
  readonly critics: readonly [Network, Network];
  readonly targets: readonly [Network, Network];
  readonly logAlpha: Float64Array;
}

export interface ReferenceBatch {
  readonly observation: readonly number[][];
  readonly action: readonly number[][];
  readonly reward: readonly number[];
  readonly nextObservation: readonly number[][];
  readonly terminated: readonly number[];
  readonly noise: readonly number[][];
  readonly nextNoise: readonly number[][];
}

export interface ReferenceSettings {
  readonly learningRate: number;
  readonly gamma: number;
  readonly tau: number;
  readonly targetEntropy: number;
}

export function dense(inputs: number, outputs: number): Dense {
  return { inputs, outputs, kernel: new Float64Array(inputs * outputs), bias: new Float64Array(outputs) };
}

const emptyLike = (network: Network): Network => network.map(({ inputs, outputs }) => dense(inputs, outputs));

export const arraysOf = (network: Network): readonly Float64Array[] => network.flatMap(({ kernel, bias }) => [kernel, bias]);

/** Returns the input of each layer, then the output; ReLU between layers. */
function forward(network: Network, x: readonly number[]): readonly (readonly number[])[] {
  const values: (readonly number[])[] = [x];
  for (const [i, { inputs, outputs, kernel, bias }] of network.entries()) {
    const out = Array.from({ length: outputs }, (_, o) => {
      let total = bias[o]!;
      for (let j = 0; j < inputs; j++) total += values[i]![j]! * kernel[j * outputs + o]!;
      return total;
    });
    values.push(i < network.length - 1 ? out.map((y) => Math.max(y, 0)) : out);
  }
  return values;
}

/** Adds d loss / d parameters to `gradients` and returns d loss / d x. */
function backward(network: Network, values: ReturnType<typeof forward>, output: readonly number[], gradients: Network): readonly number[] {
  let flowing = output;
  for (let i = network.length - 1; i >= 0; i--) {
    const { inputs, outputs, kernel } = network[i]!;
    if (i < network.length - 1) flowing = flowing.map((g, o) => (values[i + 1]![o]! > 0 ? g : 0));
    const back = new Array<number>(inputs).fill(0);
    for (let o = 0; o < outputs; o++) {
      gradients[i]!.bias[o]! += flowing[o]!;
      for (let j = 0; j < inputs; j++) {
        gradients[i]!.kernel[j * outputs + o]! += values[i]![j]! * flowing[o]!;
        back[j]! += kernel[j * outputs + o]! * flowing[o]!;
      }
    }
    flowing = back;
  }
  return flowing;
}

function sample(actor: Network, observation: readonly number[], noise: readonly number[]) {
  const values = forward(actor, observation);
  const head = values.at(-1)!;
  const size = noise.length;
  const logDeviation = head.slice(size).map((x) => Math.min(Math.max(x, -20), 2));
  const u = noise.map((n, i) => head[i]! + Math.exp(logDeviation[i]!) * n);
  const action = u.map(Math.tanh);
  let logProbability = 0;
  for (const [i, n] of noise.entries())
    logProbability += -0.5 * n * n - logDeviation[i]! - 0.5 * Math.log(2 * Math.PI) - Math.log(1 - action[i]! ** 2);
  return { values, action, logProbability, logDeviation };
}

/** Adam with its moments, for a fixed list of arrays. */
function createAdam(arrays: readonly Float64Array[], learningRate: number) {
  const moments = arrays.map(({ length }) => ({ m: new Float64Array(length), v: new Float64Array(length) }));
  let t = 0;
  return (gradients: readonly Float64Array[]): void => {
    t += 1;
    for (const [k, array] of arrays.entries()) {
      const { m, v } = moments[k]!;
      for (let i = 0; i < array.length; i++) {
        const g = gradients[k]![i]!;
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.999 * v[i]! + 0.001 * g * g;
        array[i]! -= (learningRate * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
      }
    }
  };
}

/** Returns a function that does one step in place and returns the losses. */
export function createReference(state: SacReference, settings: ReferenceSettings) {
  const { actor, critics, targets, logAlpha } = state;
  const { learningRate, gamma, tau, targetEntropy } = settings;
  const stepActor = createAdam(arraysOf(actor), learningRate);
  const stepCritics = createAdam(critics.flatMap(arraysOf), learningRate);
  const stepAlpha = createAdam([logAlpha], learningRate);

  return (batch: ReferenceBatch): { criticLoss: number; actorLoss: number; alphaLoss: number; alpha: number } => {
    const rows = batch.reward.length;
    const alpha = Math.exp(logAlpha[0]!);
    const sampled = batch.observation.map((s, i) => sample(actor, s, batch.noise[i]!));
    const meanLog = sampled.reduce((total, { logProbability }) => total + logProbability, 0) / rows;
    const alphaLoss = -logAlpha[0]! * (meanLog + targetEntropy);
    stepAlpha([Float64Array.of(-(meanLog + targetEntropy))]);

    let criticLoss = 0;
    const criticGradients = critics.map(emptyLike);
    for (let i = 0; i < rows; i++) {
      const next = sample(actor, batch.nextObservation[i]!, batch.nextNoise[i]!);
      const values = targets.map((target) => forward(target, [...batch.nextObservation[i]!, ...next.action]).at(-1)![0]!);
      const soft = Math.min(...values) - alpha * next.logProbability;
      const y = batch.reward[i]! + (1 - batch.terminated[i]!) * gamma * soft;
      for (const [j, critic] of critics.entries()) {
        const pass = forward(critic, [...batch.observation[i]!, ...batch.action[i]!]);
        const error = pass.at(-1)![0]! - y;
        criticLoss += (0.5 * error * error) / rows;
        backward(critic, pass, [error / rows], criticGradients[j]!);
      }
    }
    stepCritics(criticGradients.flatMap(arraysOf));

    let actorLoss = 0;
    const actorGradients = emptyLike(actor);
    for (let i = 0; i < rows; i++) {
      const { values, action, logProbability, logDeviation } = sampled[i]!;
      const s = batch.observation[i]!;
      const passes = critics.map((critic) => forward(critic, [...s, ...action]));
      const smaller = passes[0]!.at(-1)![0]! <= passes[1]!.at(-1)![0]! ? 0 : 1;
      actorLoss += (alpha * logProbability - passes[smaller]!.at(-1)![0]!) / rows;
      const gradient = backward(critics[smaller]!, passes[smaller]!, [-1 / rows], emptyLike(critics[smaller]!)).slice(s.length);
      // d log p / d u = 2 tanh(u); d log p / d logDeviation = -1 plus what flows through u.
      const flowU = action.map((a, k) => gradient[k]! * (1 - a * a) + (alpha / rows) * 2 * a);
      const head = values.at(-1)!;
      const flowLog = logDeviation.map((log, k) => {
        const raw = head[batch.noise[i]!.length + k]!;
        return raw < -20 || raw > 2 ? 0 : flowU[k]! * Math.exp(log) * batch.noise[i]![k]! - alpha / rows;
      });
      backward(actor, values, [...flowU, ...flowLog], actorGradients);
    }
    stepActor(arraysOf(actorGradients));

    for (const [j, target] of targets.entries()) {
      const online = arraysOf(critics[j]!);
      for (const [k, array] of arraysOf(target).entries())
        for (let i = 0; i < array.length; i++) array[i] = tau * online[k]![i]! + (1 - tau) * array[i]!;
    }
    return { criticLoss, actorLoss, alphaLoss, alpha };
  };
}
