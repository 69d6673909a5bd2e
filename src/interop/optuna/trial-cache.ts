/** Encoded trials of a study that never change again, in the order of their ids. */
export interface EndedTrials {
  /** Revision of the study up to which it holds all of them. */
  seen: number;
  readonly bytes: number;
  readonly add: (id: number, encoded: Uint8Array) => void;
  readonly get: (id: number) => Uint8Array | undefined;
  /** Those with a larger id. */
  readonly after: (id: number) => readonly Uint8Array[];
}

export function createEndedTrials(): EndedTrials {
  const ids: number[] = [];
  const encoded: Uint8Array[] = [];
  let bytes = 0;

  /** Place of the first id that is not below. */
  const placeOf = (id: number): number => {
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    seen: 0,
    get bytes() {
      return bytes;
    },
    add: (id, one) => {
      const place = placeOf(id);
      if (ids[place] === id) return;
      ids.splice(place, 0, id);
      encoded.splice(place, 0, one);
      bytes += one.length;
    },
    get: (id) => {
      const place = placeOf(id);
      return ids[place] === id ? encoded[place] : undefined;
    },
    after: (id) => encoded.slice(placeOf(id + 1)),
  };
}
