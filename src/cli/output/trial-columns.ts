import type { TrialItem } from '../../storage/readers/trial-item.ts';
import { formatDuration, formatNumber, formatParams } from './format.ts';
import type { Column } from './table.ts';

/** How a list of trials looks: a column for each of several objectives, and one for the constraints where there are some. */
export function trialColumns(trials: readonly TrialItem[]): readonly Column<TrialItem>[] {
  const objectives = Object.keys(trials.find(({ values }) => values !== undefined)?.values ?? {});
  return columnsWith({ objectives, constrained: trials.some(({ constraints }) => constraints !== undefined) });
}

/** The same before there are trials: with the names of several objectives. */
export function columnsWith({
  objectives,
  constrained,
}: {
  readonly objectives: readonly string[];
  readonly constrained: boolean;
}): readonly Column<TrialItem>[] {
  return [
    { title: 'trial', cell: (trial) => trial.address },
    { title: 'state', cell: (trial) => trial.state },
    ...(objectives.length === 0 ? [value] : objectives.map(objective)),
    ...(constrained ? [meets] : []),
    { title: 'step', cell: (trial) => String(trial.lastReport?.step ?? '-'), align: 'right' },
    { title: 'took', cell: (trial) => formatDuration(trial.durationMs), align: 'right' },
    { title: 'params', cell: (trial) => formatParams(trial.params) },
    { title: 'why', cell: (trial) => trial.reason ?? trial.error?.message ?? trial.cancelledBy ?? trial.pausedBy ?? '' },
  ];
}

const value: Column<TrialItem> = {
  title: 'value',
  cell: (trial) => formatNumber(trial.value ?? trial.lastReport?.value),
  align: 'right',
};

const objective = (name: string): Column<TrialItem> => ({
  title: name,
  cell: (trial) => trial.nonFinite?.[`values.${name}`] ?? formatNumber(trial.values?.[name]),
  align: 'right',
});

const meets: Column<TrialItem> = {
  title: 'constraints',
  cell: ({ feasible }) => (feasible === undefined ? '-' : feasible ? 'met' : 'missed'),
};
