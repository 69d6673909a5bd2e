import { type SmokeCheck, smokeCheck } from '../../search/study/smoke.ts';
import type { Report } from '../../search/study/storage.ts';

/** The value that an objective reports, then each metric beside it: finite, and moving. */
export function reportChecks(reports: readonly Report[]): readonly SmokeCheck[] {
  if (reports.length === 0)
    return [
      smokeCheck('reports', 'none', { reports: 0 }, [['look', 'a pruner can stop bad trials early only where the objective reports']]),
    ];
  const names = new Set(reports.flatMap(({ metrics = {} }) => Object.keys(metrics)));
  return [
    seriesCheck(
      'reports',
      reports.map(({ value }) => value),
      'broken',
    ),
    ...[...names].map((name) =>
      seriesCheck(
        `metric ${name}`,
        reports.flatMap(({ metrics }) => metrics?.[name] ?? []),
        'look',
      ),
    ),
  ];
}

function seriesCheck(check: string, values: readonly number[], whereNotFinite: 'broken' | 'look'): SmokeCheck {
  const bad = values.filter((value) => !Number.isFinite(value)).length;
  const moves = new Set(values).size > 1;
  const [first, last] = [values[0]!, values.at(-1)!];
  return smokeCheck(
    check,
    `${values.length}, ${bad === 0 ? 'all finite' : `${bad} not finite`}: ${first.toPrecision(4)} to ${last.toPrecision(4)}`,
    { reports: values.length, notFinite: bad, first, last },
    [
      bad > 0 && [whereNotFinite, 'look for a division by zero or a diverging loss: a NaN counts as the worst value'],
      values.length > 1 && !moves && ['look', 'the same at every step: report the value as it is then'],
    ],
  );
}
