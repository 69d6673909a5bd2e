import { duration } from '../../../plot/format.ts';
import type { ParamJson } from '../../../search/space/param.ts';
import type { ItemOf } from '../../data/list.ts';
import type { Column } from '../../parts/grid.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Time, Value } from '../../parts/value.tsx';

export type Trial = ItemOf<'/v1/studies/{}/trials'>;

/** A space as the API writes it. */
type Space = Readonly<Record<string, ParamJson>>;

/** Columns that every study has. */
const common = (study: string): readonly Column<Trial>[] => [
  {
    id: 'number',
    title: 'Trial',
    width: 72,
    sort: 'number',
    cell: ({ number }) => <a href={`/studies/${encodeURIComponent(study)}/trials/${number}`}>#{number}</a>,
  },
  { id: 'state', title: 'State', width: 104, cell: ({ state }) => <StateMark state={state} /> },
  {
    id: 'value',
    title: 'Value',
    width: 92,
    number: true,
    sort: 'value',
    cell: ({ value, nonFinite }) => <Value of={value} nonFinite={nonFinite?.['value']} />,
  },
  {
    id: 'last',
    title: 'Last report',
    width: 92,
    number: true,
    cell: ({ lastReport, nonFinite }) => <Value of={lastReport?.value} nonFinite={nonFinite?.['lastReport']} />,
  },
  { id: 'step', title: 'Step', width: 72, number: true, cell: ({ lastReport }) => <Value of={lastReport?.step} /> },
  { id: 'duration', title: 'Duration', width: 104, number: true, sort: 'duration', cell: ({ durationMs }) => duration(durationMs) },
  { id: 'started', title: 'Began', width: 92, sort: 'startedAt', cell: ({ startedAt }) => <Time of={startedAt} /> },
  { id: 'finished', title: 'Ended', width: 92, sort: 'finishedAt', cell: ({ finishedAt }) => <Time of={finishedAt} /> },
  { id: 'attempt', title: 'Attempt', width: 72, number: true, cell: ({ attempt }) => attempt },
  { id: 'worker', title: 'Worker', width: 140, cell: ({ worker }) => worker ?? '–' },
  { id: 'why', title: 'Why it ended', width: 240, cell: ({ reason, error }) => <Why text={error?.message ?? reason ?? ''} /> },
];

const Why = ({ text }: { readonly text: string }) => <span title={text}>{text}</span>;

/** What all complete trials of the same parameters showed, in a study that tries configurations again. */
const replicates: readonly Column<Trial>[] = [
  { id: 'replicates', title: 'Same', width: 64, number: true, cell: ({ configuration }) => <Value of={configuration?.n} /> },
  ...(['mean', 'sd', 'worst'] as const).map(
    (figure): Column<Trial> => ({
      id: figure,
      title: { mean: 'Mean', sd: 'Deviation', worst: 'Worst' }[figure],
      width: 92,
      number: true,
      cell: ({ configuration, nonFinite }) => <Value of={configuration?.[figure]} nonFinite={nonFinite?.[`configuration.${figure}`]} />,
    }),
  ),
];

/** Columns that are shown unless a person chose others, before the parameters. */
const usual = ['number', 'state', 'value'];
const usualAfter = ['duration', 'started'];
/** Parameters that are shown unless a person chose others. */
const mostParams = 6;

/** Flat names of the parameters whose number is known from the space alone, those that vary first to last as the space has them. */
export function paramNames(space: Space, prefix = ''): readonly string[] {
  return Object.entries(space).flatMap(([name, param]) => namesOf(prefix + name, param));
}

function namesOf(flat: string, param: ParamJson): readonly string[] {
  switch (param.type) {
    case 'float':
    case 'int':
      return param.low < param.high ? [flat] : [];
    case 'choice':
      return param.choices.length > 1 ? [flat] : [];
    case 'branch':
      return [flat, ...Object.entries(param.cases).flatMap(([branch, within]) => paramNames(within, `${flat}.${branch}.`))];
    case 'repeat':
      return [flat, ...Array.from({ length: param.high }, (_, i) => paramNames(param.of, `${flat}.${i}.`)).flat()];
  }
}

/** A name as filters and sorts write it (docs/filters.md). */
const quoted = (name: string): string => (/[\s<>=!"']/.test(name) ? JSON.stringify(name) : name);

/** What of a study decides its columns. */
interface Described {
  readonly space: Space;
  readonly objectives: readonly string[];
  /** True: it tries configurations again. */
  readonly replicated: boolean;
}

interface Offered {
  readonly all: readonly Column<Trial>[];
  /** Ids of what is shown unless a person chose. */
  readonly usual: readonly string[];
}

/** Every column that the table can have: those of every study, parameters, objectives and the metrics of the loaded trials. */
export function offeredColumns(study: string, { space, objectives, replicated }: Described, rows: readonly Trial[]): Offered {
  const again = replicated ? replicates : [];
  const params = paramNames(space).map(
    (name): Column<Trial> => ({
      id: `param:${name}`,
      title: name,
      width: Math.min(160, Math.max(88, 24 + 7 * name.length)),
      number: true,
      sort: `param:${quoted(name)}`,
      cell: ({ params: given }) => <ParamValue of={given[name]} />,
    }),
  );
  const goals = objectives.map(
    (name): Column<Trial> => ({
      id: `objective:${name}`,
      title: name,
      width: 104,
      number: true,
      sort: `objective:${quoted(name)}`,
      cell: ({ values, nonFinite }) => <Value of={values?.[name]} nonFinite={nonFinite?.[`values.${name}`]} />,
    }),
  );
  const metricNames = [...new Set(rows.slice(0, 50).flatMap(({ metrics }) => Object.keys(metrics)))];
  const metrics = metricNames.map(
    (name): Column<Trial> => ({
      id: `metric:${name}`,
      title: name,
      width: Math.min(180, Math.max(96, 24 + 7 * name.length)),
      number: true,
      sort: `metric:${quoted(name)}`,
      cell: ({ metrics: given, nonFinite }) => <Value of={given[name]} nonFinite={nonFinite?.[`metrics.${name}`]} />,
    }),
  );
  return {
    all: [...common(study), ...again, ...goals, ...params, ...metrics],
    usual: [
      ...usual,
      ...again.map(({ id }) => id),
      ...goals.slice(1).map(({ id }) => id),
      ...params.slice(0, mostParams).map(({ id }) => id),
      ...usualAfter,
    ],
  };
}

/** A number as numbers are, any other value as it is written; a dash where the trial has no such parameter. */
export function ParamValue({ of }: { readonly of: string | number | boolean | null | undefined }) {
  if (of === undefined) return <span class="muted">–</span>;
  return typeof of === 'number' ? <Value of={of} /> : <span title={String(of)}>{String(of)}</span>;
}
