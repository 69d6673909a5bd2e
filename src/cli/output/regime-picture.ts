import type { RegimeSession } from '../../features/hmm/report.ts';

/** From calm to turbulent. */
const shades = '·░▒▓█';
const leastColumns = 20;

/** A line for each session: time to the right, each column shaded by the regime that most of its bars have; `*` marks trained sessions. */
export function regimePicture(sessions: readonly RegimeSession[], states: number, width: number): readonly string[] {
  const longest = Math.max(...sessions.map(({ regimes }) => regimes.length));
  const label = sessions[0]!.date.length + 3;
  const columns = Math.min(longest, Math.max(leastColumns, (Number.isFinite(width) ? width : 100) - label));
  return sessions.map(({ date, trained, regimes }) => {
    const used = Math.max(1, Math.round((regimes.length / longest) * columns));
    const cells = Array.from({ length: used }, (_, column) => {
      const from = Math.floor((column * regimes.length) / used);
      const to = Math.max(from + 1, Math.floor(((column + 1) * regimes.length) / used));
      return shadeOf(mostFrequent(regimes.slice(from, to), states), states);
    });
    return `${date} ${trained ? '*' : ' '} ${cells.join('')}`;
  });
}

/** The shade of a regime among `states`. */
export function shadeOf(regime: number, states: number): string {
  return shades[Math.round((regime * (shades.length - 1)) / Math.max(1, states - 1))]!;
}

function mostFrequent(regimes: readonly number[], states: number): number {
  const counts = new Int32Array(states);
  for (const regime of regimes) counts[regime]!++;
  return counts.indexOf(Math.max(...counts));
}
