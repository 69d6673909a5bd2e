import { oneLine } from '../../core/text.ts';
import type { TrialItem } from '../../storage/readers/trial-item.ts';
import { durationColumn, numberColumn, numberIn } from './columns.ts';
import { exactParams, formatParams } from './format.ts';
import type { Column, Exact } from './table.ts';

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
    { ...numberColumn<TrialItem>('step', (trial) => trial.lastReport?.step), expendable: 1 },
    { ...durationColumn<TrialItem>('took', (trial) => trial.durationMs), expendable: 2 },
    { title: 'params', cell: (trial) => formatParams(trial.params), exact: (trial) => exactParams(trial.params) },
    { title: 'why', cell: (trial) => oneLine(whyOf(trial) ?? '') },
  ];
}

/** For spreadsheets: everything that was recorded, one column per parameter and metric. */
export function trialCsvColumns(trials: readonly TrialItem[]): readonly Column<TrialItem>[] {
  const namesIn = (part: (trial: TrialItem) => object | undefined): string[] => [
    ...new Set(trials.flatMap((trial) => Object.keys(part(trial) ?? {}))),
  ];
  const objectives = namesIn(({ values }) => values);
  const [params, metrics] = [namesIn((trial) => trial.params), namesIn((trial) => trial.metrics)];
  const before: readonly Column<TrialItem>[] = [
    plain('trial', (trial) => trial.address),
    plain('number', (trial) => trial.number),
    plain('state', (trial) => trial.state),
    ...(objectives.length === 0 ? [plain('value', (trial) => numberIn(trial, 'value', trial.value))] : objectives.map(objective)),
    ...namesIn((trial) => trial.constraints).map((index) =>
      plain(`constraint${index}`, (trial) => numberIn(trial, `constraints.${index}`, trial.constraints?.[Number(index)])),
    ),
    plain('feasible', (trial) => trial.feasible),
    ...(trials.some(({ configuration }) => configuration !== undefined) ? replicates : []),
    plain('lastStep', (trial) => trial.lastReport?.step),
    plain('lastValue', (trial) => numberIn(trial, 'lastReport', trial.lastReport?.value)),
    plain('startedAt', (trial) => trial.startedAt),
    plain('finishedAt', (trial) => trial.finishedAt),
    plain('durationMs', (trial) => trial.durationMs),
    plain('attempt', (trial) => trial.attempt),
    plain('worker', (trial) => trial.worker),
    plain('why', whyOf),
  ];
  const taken = new Set(before.map(({ title }) => title));
  const titled = (kind: string, name: string, others: readonly string[]) =>
    taken.has(name) || others.includes(name) ? `${kind}:${name}` : name;
  return [
    ...before,
    ...params.map((name) => plain(titled('param', name, metrics), ({ params: given }) => (given[name] === null ? 'null' : given[name]))),
    ...metrics.map((name) => plain(titled('metric', name, params), (trial) => numberIn(trial, `metrics.${name}`, trial.metrics[name]))),
  ];
}

/** What all trials of the same parameters showed. */
const replicates: readonly Column<TrialItem>[] = [
  plain('replicates', ({ configuration }) => configuration?.n),
  ...(['mean', 'sd', 'worst'] as const).map((figure) =>
    plain(`replicates${figure[0]!.toUpperCase()}${figure.slice(1)}`, (trial) =>
      numberIn(trial, `configuration.${figure}`, trial.configuration?.[figure]),
    ),
  ),
];

function plain(title: string, exact: (trial: TrialItem) => Exact): Column<TrialItem> {
  return { title, cell: (trial) => String(exact(trial) ?? '-'), exact };
}

function whyOf(trial: TrialItem): string | undefined {
  return trial.reason ?? trial.error?.message ?? trial.cancelledBy ?? trial.pausedBy;
}

/** Of a trial without a value the newest report. */
const value = numberColumn<TrialItem>('value', (trial) => {
  const shown = numberIn(trial, 'value', trial.value);
  return shown ?? numberIn(trial, 'lastReport', trial.lastReport?.value);
});

const objective = (name: string): Column<TrialItem> =>
  numberColumn<TrialItem>(name, (trial) => numberIn(trial, `values.${name}`, trial.values?.[name]));

const meets: Column<TrialItem> = {
  title: 'constraints',
  cell: ({ feasible }) => (feasible === undefined ? '-' : feasible ? 'met' : 'missed'),
};
