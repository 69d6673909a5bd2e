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

type Words = [number, number, number, number];

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, fast in plain JavaScript integers. */
function nextWord(s: Words): number {
  const t = (s[0] + s[1] + s[3]) | 0;
  s[3] = (s[3] + 1) | 0;
  s[0] = s[1] ^ (s[1] >>> 9);
  s[1] = (s[2] + (s[2] << 3)) | 0;
  s[2] = ((s[2] << 21) | (s[2] >>> 11)) + t;
  s[2] |= 0;
  return t >>> 0;
}

/** Creates a stream from a seed. The labels of forks become part of the seed, so forks do not overlap. */
export function createRng(seed: string | number): Rng {
  const text = String(seed);
  const digest = Buffer.from(sha256(`assay-rng:${text}`), 'hex');
  const words: Words = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1];
  for (let i = 0; i < 12; i++) nextWord(words);
  return fromState({ seed: text, words, spareNormal: null });
}

export function restoreRng(state: RngState): Rng {
  return fromState(state);
}

function fromState(state: RngState): Rng {
  const words: Words = [...state.words];
  let spareNormal = state.spareNormal;

  const uniform = (): number => {
    const high = nextWord(words) >>> 6;
    const low = nextWord(words) >>> 6;
    // Half a step above a lattice of 2^52 points: exact in a double, never 0 and never 1.
    return (high * 67_108_864 + low + 0.5) / 4_503_599_627_370_496;
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
    state: () => ({ seed: state.seed, words: [...words], spareNormal }),
  };
}
