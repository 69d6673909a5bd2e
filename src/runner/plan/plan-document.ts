import { finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag } from '../../storage/readers/finite.ts';
import type { StudyOutlook } from './outlook.ts';

/** A plan as JSON has it: numbers that are not finite are null, and named. */
export function planDocument<Plan extends StudyOutlook>(plan: Plan) {
  const { power, luck } = plan;
  return { ...plan, power: power && { ...power, ...jsonOf(power, sharpes) }, luck: luck && { ...luck, ...jsonOf(luck, lucks) } };
}

const sharpes = ['dailySharpe', 'annualSharpe'] as const;
const lucks = ['annualSharpe', 'yearsForOne'] as const;

function jsonOf<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  names: readonly Name[],
): Readonly<Record<Name, number | null>> & NonFiniteFlag {
  const picked = Object.fromEntries(names.map((name) => [name, numbers[name]])) as JsonNumbers;
  return { ...(finiteAll(picked) as Readonly<Record<Name, number | null>>), ...nonFiniteFlag(picked) };
}
