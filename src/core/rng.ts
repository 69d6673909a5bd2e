import { sha256 } from './json.ts';

/** A seeded stream of random numbers. Equal seeds give equal streams on every machine. */
export interface Rng {
  /** Uniform on the open interval (0, 1), 52 bits. */
  readonly uniform: () => number;
  /** Standard normal (Marsaglia's polar method). */
  readonly normal: () => number;
  /** Uniform integer in [0, n). */
  readonly int: (n: number) => number;
  /** An independent stream named by `label`; does not advance this one. */
  readonly fork: (label: string | number) => Rng;
  /** Returns the state from which {@link restoreRng} continues the stream. */
  readonly state: () => RngState;
}

export interface RngState {
  readonly seed: string;
  /** The four words of the generator. */
  readonly words: readonly [number, number, number, number];
  /** Second normal of a pair that was not returned yet (null: none). */
  readonly spareNormal: number | null;
}

/** Creates a stream from a seed. The labels of forks become part of the seed, so forks do not overlap. */
export function createRng(seed: string | number): Rng {
  const text = String(seed);
  const digest = Buffer.from(sha256(`assay-rng:${text}`), 'hex');
  const rng = fromState({
    seed: text,
    words: [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1],
    spareNormal: null,
  });
  // The generator mixes its seed in 12 words; a number takes two.
  for (let i = 0; i < 6; i++) rng.uniform();
  return rng;
}

export function restoreRng(state: RngState): Rng {
  return fromState(state);
}

function fromState(state: RngState): Rng {
  const words = Int32Array.from(state.words);
  let spareNormal = state.spareNormal;

  // sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, fast in plain JavaScript integers. Two steps are written out with
  // the state in local variables: a function for one of them took two to five times as long.
  const uniform = (): number => {
    let [a, b, c, counter] = [words[0]!, words[1]!, words[2]!, words[3]!];
    const first = (a + b + counter) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + first) | 0;
    counter = (counter + 1) | 0;
    const second = (a + b + counter) | 0;
    words[0] = b ^ (b >>> 9);
    words[1] = (c + (c << 3)) | 0;
    words[2] = (((c << 21) | (c >>> 11)) + second) | 0;
    words[3] = counter + 1;
    // Half a step above a lattice of 2^52 points: exact in a double, never 0 and never 1.
    return ((first >>> 6) * 67_108_864 + (second >>> 6) + 0.5) / 4_503_599_627_370_496;
  };

  const normal = (): number => {
    if (spareNormal !== null) {
      const spare = spareNormal;
      spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spareNormal = y * factor;
        return x * factor;
      }
    }
  };

  return {
    uniform,
    normal,
    int: (n) => Math.floor(uniform() * n),
    fork: (label) => createRng(`${state.seed}/${label}`),
    state: () => ({ seed: state.seed, words: [words[0]!, words[1]!, words[2]!, words[3]!], spareNormal }),
  };
}
