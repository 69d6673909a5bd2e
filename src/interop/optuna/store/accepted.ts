import { boundedMap } from '../bounded-map.ts';

/** Most texts of a parameter that are remembered: ranges that depend on other parameters may never repeat. */
const mostTexts = 1000;

const mostStudies = 1000;

/**
 * Distributions that a study is known to hold already, so that they need no look at its row. What a study holds only grows, and no id of a study
 * comes back, so an entry is true for ever.
 */
export interface Accepted {
  readonly has: (study: number, name: string, text: string) => boolean;
  readonly add: (study: number, name: string, text: string) => void;
}

export function createAccepted(): Accepted {
  const known = boundedMap<number, Map<string, Set<string>>>(mostStudies);
  return {
    has: (study, name, text) => known.get(study)?.get(name)?.has(text) ?? false,
    add: (study, name, text) => {
      const names = known.get(study) ?? new Map<string, Set<string>>();
      const texts = names.get(name) ?? new Set<string>();
      if (texts.size >= mostTexts) texts.clear();
      known.set(study, names.set(name, texts.add(text)));
    },
  };
}
