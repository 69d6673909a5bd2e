import { type Command, Option } from 'commander';
import { checkName, parseTrialAddress, type TrialAddress } from '../../core/address.ts';
import { writeValue } from '../../search/space/literal.ts';
import type { ToldNoise } from '../../search/trial/told-noise.ts';
import { type TrialState, trialStates } from '../../search/trial/trial.ts';
import type { Page } from '../../storage/readers/page.ts';
import type { TrialQuery } from '../../storage/readers/page-trials.ts';
import type { TrialDetail } from '../../storage/readers/show-trial.ts';
import type { TrialItem } from '../../storage/readers/trial-item.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { exactCell, numberIn } from '../output/columns.ts';
import { formatDuration, formatNumber } from '../output/format.ts';
import { printAnswer } from '../output/print.ts';
import { innerReturnColumns, innerReturnLines, returnColumns, returnLines, sayDays } from '../output/return-table.ts';
import { trialColumns, trialCsvColumns } from '../output/trial-columns.ts';
import { registerTrialControls } from './trial-controls.ts';

interface ListFlags {
  readonly state?: TrialState;
  readonly sort?: string;
  readonly where: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: true;
}

/** A page that holds all pages from the query's on. */
async function everyPage(read: (query: TrialQuery) => Promise<Page<TrialItem>>, query: TrialQuery): Promise<Page<TrialItem>> {
  const first = await read(query);
  const items = [...first.items];
  for (let { next } = first; next !== null; ) {
    const page = await read({ ...query, cursor: next });
    items.push(...page.items);
    next = page.next;
  }
  return { ...first, items, next: null };
}

export function register(program: Command, io: Io): void {
  const trial = program.command('trial').description('trials: parameters, values, curves');

  trial
    .command('ls <study>')
    .description('the trials of a study, a page at a time')
    .addOption(new Option('--state <state>', 'only these').choices(trialStates))
    .option(
      '--sort <key>',
      'number, state, value, duration, startedAt, finishedAt, attempt, lastStep, lastValue, worker, param:<name>, objective:<name> or metric:<name>; a minus reverses',
    )
    .option(
      '--where <filter>',
      "such as 'lr<1e-3', 'opt=adam and value<0.5' or 'c=\"a b\"' (repeatable; docs/filters.md)",
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .option('--limit <n>', 'at most this many, 200 at most', positiveWholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .option('--all', 'every page, such as for --csv')
    .action(async (study: string, { all, ...flags }: ListFlags, command: Command) => {
      const options = optionsOf(command);
      const { maxPageLimit } = await import('../../storage/readers/page.ts');
      const { pageTrials } = await import('../../storage/readers/page-trials.ts');
      const name = checkName('study', study);
      const page = await withDatabase(options, ({ db }) => {
        const read = (query: TrialQuery) => pageTrials(db, name, query);
        return all === true ? everyPage(read, { ...flags, limit: maxPageLimit }) : read(flags);
      });
      printAnswer(io, options, {
        document: page,
        columns: trialColumns(page.items),
        csvColumns: trialCsvColumns(page.items),
        rows: page.items,
        footer: `${page.items.length} of ${page.totalAtLeast ? 'more than ' : ''}${page.total} trials${page.next === null ? '' : `; next: --cursor ${page.next}`}`,
        empty: 'no such trials',
      });
    });

  trial
    .command('show <trial>')
    .description('one trial, as study#number: parameters, curve, attempts, artifacts, validation')
    .option('--returns', 'the daily returns of its newest validation, and of the baselines, in place of the rest')
    .option('--inner', 'the daily returns of its objective, on the inner validation part of the search window, in place of the rest')
    .action(async (address: string, flags: { returns?: true; inner?: true }, command: Command) => {
      const options = optionsOf(command);
      const parsed = parseTrialAddress(address);
      if (flags.returns === true) return showReturns(io, options, parsed);
      const { showTrial } = await import('../../storage/readers/show-trial.ts');
      const detail = await withDatabase(options, ({ db }) => showTrial(db, parsed));
      if (flags.inner === true) return showInnerReturns(io, options, detail);
      printAnswer(io, options, {
        document: detail,
        columns: [
          { title: 'what', cell: ([name]) => name },
          { title: 'value', cell: ([, value]) => value },
        ],
        rows: factsOf(detail),
        items: [detail],
      });
    });

  registerTrialControls(trial, io);
}

async function showReturns(io: Io, options: GlobalOptions, address: TrialAddress): Promise<void> {
  const { readReturns } = await import('../../storage/validations/read-returns.ts');
  const document = await withDatabase(options, ({ db }) => readReturns(db, address));
  printAnswer(io, options, {
    document,
    columns: returnColumns,
    rows: returnLines(document.items),
    items: document.items,
    empty: `${document.address} was never validated: assay validate '${document.address}'`,
  });
}

function showInnerReturns(io: Io, options: GlobalOptions, { address, state, innerReturns }: TrialDetail): void {
  const items = innerReturnLines(innerReturns);
  printAnswer(io, options, {
    document: { address, state, innerReturns },
    columns: innerReturnColumns,
    rows: items,
    items,
    empty: `${address} has no daily returns: its objective returns them as { value, dailyReturns: { days, returns } }`,
  });
}

function noiseInWords({ variance, seeds }: ToldNoise): string {
  return `${formatNumber(Math.sqrt(variance))}${seeds === undefined ? '' : `, by its ${seeds} seeds`}`;
}

function factsOf(trial: TrialDetail): (readonly [string, string])[] {
  const why = trial.reason ?? trial.error?.message ?? trial.cancelledBy ?? trial.pausedBy;
  const exact = (name: string, value: number | null | undefined) => exactCell(numberIn(trial, name, value));
  return [
    ['trial', trial.address],
    ['state', why === undefined ? trial.state : `${trial.state}: ${why}`],
    ...(trial.error?.hint === undefined ? [] : [['hint', trial.error.hint] as const]),
    ...(trial.values === undefined
      ? [['value', exact('value', trial.value)] as const]
      : Object.entries(trial.values).map(([name, value]) => [`objective ${name}`, exact(`values.${name}`, value)] as const)),
    ...(trial.noise === undefined ? [] : [['uncertain by', noiseInWords(trial.noise)] as const]),
    ...(trial.constraints === undefined
      ? []
      : [
          [
            'constraints',
            `${trial.constraints.map((given, i) => exact(`constraints.${i}`, given)).join(', ')}: ${trial.feasible ? 'met' : 'missed'}`,
          ] as const,
        ]),
    ...Object.entries(trial.params).map(([name, value]) => [`  ${name}`, writeValue(value)] as const),
    ...Object.entries(trial.metrics).map(([name, value]) => [`metric ${name}`, exact(`metrics.${name}`, value)] as const),
    ...(trial.forkedFrom === undefined
      ? []
      : [['forked', `from #${trial.forkedFrom.number} after step ${trial.forkedFrom.step}`] as const]),
    ...(trial.repeatOf === undefined ? [] : [['repeats', trial.repeatOf] as const]),
    ['seed', String(trial.seed)],
    ['took', trial.durationMs === null ? '-' : `${formatDuration(trial.durationMs)} (${trial.durationMs} ms)`],
    ...trial.attempts.flatMap(({ attempt, worker, startedAt, ending, ranOn }) => [
      [`attempt ${attempt}`, `${ending ?? 'running'} on ${worker} since ${startedAt}`] as const,
      ...Object.entries(ranOn ?? {}).map(([name, value]) => [`  ${name}`, value] as const),
    ]),
    ...trial.reports.map(
      (report) => [`report ${report.attempt}/${report.step}`, exactCell(numberIn(report, 'value', report.value))] as const,
    ),
    ...trial.artifacts.map(({ role, hash, bytes }) => [`artifact ${role}`, `${hash} (${bytes} bytes)`] as const),
    ['inner returns', trial.innerReturns === null ? '-' : sayDays(trial.innerReturns)],
    ['validation', trial.validation === null ? '-' : `${trial.validation.folds.length} of ${trial.validation.expected} folds evaluated`],
  ];
}
