/** Bins per power of two: a value is known to 1/64 of itself. */
const binsPerOctave = 64;
const smallestOctave = -60;
const octaves = 66;
const binCount = octaves * binsPerOctave;

/** The median absolute deviation of a normal variable is its standard deviation over this. */
const normalMad = 1.4826;

/**
 * Standard deviation from the median absolute deviation, in constant memory: values are counted in bins of 1/64 of their size (0 and what
 * is below 2^-60 in one bin). 0 if half of the values are equal.
 */
export interface RobustDeviation {
  /** Adds a value; NaN and infinities are left out. */
  readonly add: (value: number) => void;
  /** The deviation, to about 2 %; NaN without values. */
  readonly deviation: () => number;
}

export function createRobustDeviation(): RobustDeviation {
  // Bin 0 is 0, then the bins of positive and those of negative values.
  const counts = new Float64Array(1 + 2 * binCount);
  let total = 0;
  return {
    add: (value) => {
      if (!Number.isFinite(value)) return;
      total++;
      counts[binOf(value)]!++;
    },
    deviation: () => {
      if (total === 0) return Number.NaN;
      const values: [number, number][] = [];
      for (const [bin, n] of counts.entries()) if (n > 0) values.push([centerOf(bin), n]);
      const middle = weightedMedian(values, total);
      return (
        normalMad *
        weightedMedian(
          values.map(([value, n]) => [Math.abs(value - middle), n]),
          total,
        )
      );
    },
  };
}

function binOf(value: number): number {
  const size = Math.abs(value);
  const octave = Math.floor(Math.log2(size));
  if (size === 0 || octave < smallestOctave) return 0;
  const capped = Math.min(octave, smallestOctave + octaves - 1);
  const within = Math.min(binsPerOctave - 1, Math.max(0, Math.floor((size / 2 ** capped - 1) * binsPerOctave)));
  return 1 + (value < 0 ? binCount : 0) + (capped - smallestOctave) * binsPerOctave + within;
}

function centerOf(bin: number): number {
  if (bin === 0) return 0;
  const index = (bin - 1) % binCount;
  const size = 2 ** (smallestOctave + Math.floor(index / binsPerOctave)) * (1 + ((index % binsPerOctave) + 0.5) / binsPerOctave);
  return bin - 1 < binCount ? size : -size;
}

function weightedMedian(values: readonly [number, number][], total: number): number {
  let below = 0;
  for (const [value, n] of values.toSorted(([a], [b]) => a - b)) {
    below += n;
    if (2 * below >= total) return value;
  }
  return Number.NaN;
}
