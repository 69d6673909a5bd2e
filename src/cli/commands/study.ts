import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { describeBudget, unlimitedTrials } from '../../search/study/describe-budget.ts';
import { aimsOf } from '../../search/study/goals.ts';
import { describeNeeds } from '../../search/study/needs.ts';
import type { StudyDetail } from '../../storage/readers/show-study.ts';
import type { StudyItem } from '../../storage/readers/study-item.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { formatDuration, formatNumber } from '../output/format.ts';
import { describeFront } from '../output/front.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { registerDiff } from './study-diff.ts';
import { registerOrders } from './study-orders.ts';
import { registerWatch } from './study-watch.ts';

export function register(program: Command, io: Io): void {
  const study = program.command('study').description('studies: what was searched, how far it is, what is best');

  study
    .command('ls')
    .description('all studies with counts, best value, rate and time left')
    .option('--state <state>', 'only these: idle, running, complete, paused or stopped')
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
      const study = checkName('study', name);
      const document = await withDatabase(options, async ({ db }) => ({
        ...(await showStudy(db, study)),
        advice: await stoppingAdvice(db, study),
        front: (await bestTrials(db, study, { top: 1 })).front,
      }));
      const { front } = document;
      const trade = front === null ? [] : [['trade-offs', describeFront(front)] as const];
      const rows = [...factsOf(document), ...trade, ['more trials', document.advice.reason] as const];
      printAnswer(io, options, { document, columns: factColumns, rows, items: [document] });
    });

  registerWatch(study, io);
  registerDiff(study, io);
  registerOrders(study, io);
}

const studyColumns: readonly Column<StudyItem>[] = [
  { title: 'study', cell: (item) => item.name },
  { title: 'state', cell: (item) => item.state },
  { title: 'direction', cell: aimsOf },
  { title: 'best', cell: (item) => formatNumber(item.best), align: 'right' },
  { title: 'trial', cell: (item) => item.bestAddress ?? '-' },
  { title: 'complete', cell: ({ counts }) => String(counts.complete), align: 'right' },
  { title: 'pruned', cell: ({ counts }) => String(counts.pruned), align: 'right' },
  { title: 'failed', cell: ({ counts }) => String(counts.failed), align: 'right' },
  { title: 'running', cell: ({ counts }) => String(counts.running), align: 'right' },
  { title: 'queued', cell: ({ counts }) => String(counts.queued), align: 'right' },
  { title: 'paused', cell: ({ counts }) => String(counts.paused), align: 'right' },
  { title: 'budget', cell: ({ budget }) => (budget.trials === unlimitedTrials ? '-' : String(budget.trials)), align: 'right' },
  { title: 'trials/h', cell: (item) => formatNumber(item.trialsPerHour, 3), align: 'right' },
  { title: 'ETA', cell: (item) => formatDuration(item.etaMs), align: 'right' },
  { title: 'updated', cell: (item) => item.updatedAt },
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
    ['state', detail.state],
    ['direction', aimsOf(detail)],
    [
      detail.objectives === null ? 'best' : `best ${detail.objectives[0]!.name}`,
      detail.bestAddress === null ? '-' : `${formatNumber(detail.best)} (${detail.bestAddress})`,
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
    [
      'pruner',
      `${detail.pruner.id} ${JSON.stringify(detail.pruner.options)}${pruneOn === null ? '' : ` on ${pruneOn.metric} (${pruneOn.direction})`}`,
    ],
    ['seed', String(detail.seed)],
    ['space', detail.spaceHash.slice(0, 12)],
    ...Object.entries(detail.space).map(([name, param]) => [`  ${name}`, JSON.stringify(param)] as const),
    ['module', `${module.url} (${module.sourceHash.slice(0, 12)}, ${commit})`],
    ['created', detail.createdAt],
    ['updated', detail.updatedAt],
  ];
}
