import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { describeShortfall } from '../../runner/plan/shortfall.ts';
import { describeBudget, unlimitedTrials } from '../../search/study/describe-budget.ts';
import { aimsOf } from '../../search/study/goals.ts';
import { describeNeeds } from '../../search/study/needs.ts';
import type { StudyDetail } from '../../storage/readers/show-study.ts';
import type { StudyFreeze, StudyItem } from '../../storage/readers/study-item.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { durationColumn, exactCell, numberColumn, numberIn } from '../output/columns.ts';
import { sayLooks } from '../output/fold-table.ts';
import { describeFront } from '../output/front.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { registerControls } from './study-controls.ts';
import { registerDiff } from './study-diff.ts';
import { registerWatch } from './study-watch.ts';

export function register(program: Command, io: Io): void {
  const study = program.command('study').description('studies: what was searched, how far it is, what is best');

  study
    .command('ls')
    .description('all studies with counts, best value, rate and time left')
    .option('--state <state>', 'only these: idle, running, complete, frozen, paused or stopped')
    .option('--q <text>', 'only names that contain this')
    .option('--limit <n>', 'at most this many, 200 at most', positiveWholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .action(async (flags: { state?: StudyItem['state']; q?: string; limit?: number; cursor?: string }, command: Command) => {
      const options = optionsOf(command);
      const { listStudies } = await import('../../storage/readers/list-studies.ts');
      const page = await withDatabase(options, ({ db }) => listStudies(db, flags));
      printAnswer(io, options, {
        document: page,
        columns: studyColumns,
        rows: page.items,
        footer: `${page.items.length} of ${page.total} studies${page.next === null ? '' : `; next: --cursor ${page.next}`}`,
        empty: 'no studies yet: run one with `assay run studies/<file>.ts`, or see `assay quickstart`',
      });
    });

  study
    .command('show <study>')
    .description('one study: its space, sampler, pruner, budget and how far it is')
    .action(async (name: string, _flags, command: Command) => {
      const options = optionsOf(command);
      const { showStudy } = await import('../../storage/readers/show-study.ts');
      const { bestTrials } = await import('../../storage/readers/best-trials.ts');
      const { stoppingAdvice } = await import('../../storage/readers/stopping-advice.ts');
      const { findStudy } = await import('../../storage/readers/find.ts');
      const { countStudyLooks } = await import('../../storage/validations/looks.ts');
      const study = checkName('study', name);
      const document = await withDatabase(options, async ({ db }) => ({
        ...(await showStudy(db, study)),
        advice: await stoppingAdvice(db, study),
        front: (await bestTrials(db, study, { top: 1 })).front,
        looks: await countStudyLooks(db, (await findStudy(db, study)).id),
      }));
      const { front, looks } = document;
      const seen = looks === null ? [] : [['looks', sayLooks(looks)] as const];
      const trade = front === null ? [] : [['trade-offs', describeFront(front)] as const];
      const shortfall = await describeShortfall(document.evidence, document.policy);
      const lack = shortfall === null ? [] : [['gates', shortfall] as const];
      const rows = [...factsOf(document), ...seen, ...lack, ...trade, ['more trials', document.advice.reason] as const];
      printAnswer(io, options, { document, columns: factColumns, rows, items: [document] });
    });

  registerWatch(study, io);
  registerDiff(study, io);
  registerControls(study, io);
}

/** With the desired state where the state does not say that the study is paused: `complete, paused`. */
function stateOf({ state, desiredState }: StudyItem): string {
  return desiredState === 'paused' && state !== 'paused' ? `${state}, paused` : state;
}

/** Whom the freeze of the group waits for: `frozen until dual-ticker passes strict`, or `works to pass strict`. */
function describeFreeze({ holds, study, policy }: StudyFreeze): string {
  return holds ? `frozen until ${study} passes ${policy}` : `works to pass ${policy}`;
}

const studyColumns: readonly Column<StudyItem>[] = [
  { title: 'study', cell: (item) => item.name },
  { title: 'state', cell: stateOf, exact: (item) => item.state },
  { title: 'direction', cell: aimsOf, expendable: 4 },
  numberColumn('best', (item) => numberIn(item, 'best', item.best)),
  {
    title: 'trial',
    cell: ({ bestAddress }) => bestAddress?.slice(bestAddress.indexOf('#')) ?? '-',
    exact: (item) => item.bestAddress,
    expendable: 3,
  },
  numberColumn('complete', ({ counts }) => counts.complete),
  numberColumn('pruned', ({ counts }) => counts.pruned, { expendable: 1 }),
  numberColumn('failed', ({ counts }) => counts.failed, { expendable: 2 }),
  numberColumn('running', ({ counts }) => counts.running),
  numberColumn('queued', ({ counts }) => counts.queued, { expendable: 9 }),
  numberColumn('paused', ({ counts }) => counts.paused, { expendable: 10 }),
  numberColumn('budget', ({ budget }) => (budget.trials === unlimitedTrials ? null : budget.trials), { expendable: 6 }),
  { ...numberColumn('trials/h', (item: StudyItem) => item.trialsPerHour, { digits: 3 }), expendable: 8 },
  durationColumn('ETA', (item) => item.etaMs, { expendable: 5 }),
  { title: 'updated', cell: (item) => item.updatedAt.slice(0, 16).replace('T', ' '), exact: (item) => item.updatedAt, expendable: 7 },
  {
    title: 'group',
    cell: ({ group, freeze }) => (group === null ? '-' : `${group}${freeze === null ? '' : `: ${describeFreeze(freeze)}`}`),
    exact: ({ group }) => group,
    expendable: 11,
  },
];

const factColumns: readonly Column<readonly [string, string]>[] = [
  { title: 'what', cell: ([name]) => name },
  { title: 'value', cell: ([, value]) => value },
];

function factsOf(detail: StudyDetail): (readonly [string, string])[] {
  const { counts, module, pruneOn } = detail;
  const commit =
    module.gitCommit === null ? 'no git commit' : `commit ${module.gitCommit.slice(0, 12)}${module.gitDirty ? ', changed since' : ''}`;
  return [
    ['study', detail.name],
    ['state', stateOf(detail)],
    ...(detail.group === null ? [] : [['group', detail.group] as const]),
    ...(detail.freeze === null
      ? []
      : [['freeze', `${describeFreeze(detail.freeze)} (frozen by ${detail.freeze.by}, ${detail.freeze.since})`] as const]),
    ...(detail.next === null ? [] : [['next study', detail.next] as const]),
    ['direction', aimsOf(detail)],
    [
      detail.objectives === null ? 'best' : `best ${detail.objectives[0]!.name}`,
      detail.bestAddress === null ? '-' : `${exactCell(numberIn(detail, 'best', detail.best))} (${detail.bestAddress})`,
    ],
    [
      'trials',
      Object.entries(counts)
        .map(([state, count]) => `${count} ${state}`)
        .join(', '),
    ],
    ...(detail.needs === null ? [] : [['a trial needs', describeNeeds(detail.needs)] as const]),
    ...(detail.priority === 0 ? [] : [['priority', String(detail.priority)] as const]),
    ['budget', `${describeBudget(detail.budget)}; ${detail.maxAttempts} attempts each`],
    ...(detail.endedBecause === null ? [] : [['ended', detail.endedBecause] as const]),
    ['sampler', `${detail.sampler.id} ${JSON.stringify(detail.sampler.options)}`],
    ...(detail.warmStart ?? []).map(
      ({ study, trials, tried, takenAt }) =>
        ['starts from', `${study}: ${trials} of ${tried} trials, taken ${takenAt}; on the same data they count for luck`] as const,
    ),
    ...(detail.replicates === undefined ? [] : [['replicates', String(detail.replicates)] as const]),
    [
      'pruner',
      `${detail.pruner.id} ${JSON.stringify(detail.pruner.options)}${pruneOn === null ? '' : ` on ${pruneOn.metric} (${pruneOn.direction})`}`,
    ],
    ['gate policy', detail.policy],
    ['seed', String(detail.seed)],
    ['space', detail.spaceHash.slice(0, 12)],
    ...Object.entries(detail.space).map(([name, param]) => [`  ${name}`, JSON.stringify(param)] as const),
    ['module', `${module.url} (${module.sourceHash.slice(0, 12)}, ${commit})`],
    ['created', detail.createdAt],
    ['updated', detail.updatedAt],
  ];
}
