import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { describeShortfall } from '../../runner/plan/shortfall.ts';
import type { RunSummary } from '../../runner/supervisor/run-study.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Device } from '../../search/study/trial-context.ts';
import { deterministicFlags } from '../deterministic.ts';
import type { Io } from '../io.ts';
import { checkMetricsAddress, type MetricsAddress, metricsAddress, withMetricsServer } from '../metrics-server.ts';
import { device, durationMs, type GlobalOptions, optionsOf, positiveWholeNumber, wholeNumber, withDatabase } from '../options.ts';
import { formatDuration } from '../output/format.ts';
import { createLivePicture } from '../output/live-picture.ts';
import { printAnswer, say } from '../output/print.ts';
import { createProgress } from '../output/progress.ts';
import { describeUsedUp } from '../output/study-lines.ts';
import { trialColumns } from '../output/trial-columns.ts';
import { paramValue } from '../param-values.ts';
import { answersOf } from '../plot/answers.ts';
import { type StopWhenFlags, stopWhen } from '../stop-when.ts';

export interface RunFlags {
  readonly trials?: number;
  readonly timeout?: number;
  readonly set?: FlatParams;
  readonly time?: number;
  readonly steps?: number;
  readonly stopWhen?: StopWhenFlags;
  readonly workers?: number;
  readonly device?: readonly Device[];
  readonly seed?: number;
  readonly name?: string;
  readonly metrics?: MetricsAddress;
  readonly deterministic?: true;
}

export function register(program: Command, io: Io): void {
  program
    .command('run <file>')
    .description('create the study of a file, or go on with it, and work here until its budget is used up')
    .option('--trials <n>', 'budget of the whole study, over all its runs', positiveWholeNumber)
    .option(
      '--set <name=value>',
      'hold a parameter at a value, such as lr=1e-3 or opt=adam: another space, so another study, with --name (repeatable)',
      paramValue,
    )
    .option('--time <duration>', 'budget of working time of the whole study, such as 8h', durationMs)
    .option('--steps <n>', 'budget of reported steps of the whole study', positiveWholeNumber)
    .option('--stop-when <rule>', 'target=<value>, noImprovement=<trials>, failed=<trials> or unlikelyToPay (repeatable)', stopWhen)
    .option('--timeout <duration>', 'of this run: no new trials after this long, such as 30m', durationMs)
    .option(
      '--workers <n>',
      'trials at once on each device (default: as many as the cores and what the study needs allow)',
      positiveWholeNumber,
    )
    .option('--device <device>', 'cpu or gpu:<index>, also several: gpu:0,gpu:1 (repeatable; default: cpu)', device)
    .option('--seed <n>', 'of the study', wholeNumber)
    .option('--deterministic', 'one trial at once and no limit of time: the same study gives the same numbers again, bit for bit')
    .option('--name <study>', 'in place of the name in the file')
    .option('--metrics <[host:]port>', 'serve Prometheus metrics at /metrics (default host: 127.0.0.1)', metricsAddress)
    .action(async (file: string, flags: RunFlags, command: Command) => {
      const options = optionsOf(command);
      const { summary, best, counts } = await runWithProgress(io, options, file, deterministicFlags(flags));
      printAnswer(io, options, {
        document: { ...summary, study: summary.study.name, best },
        columns: trialColumns(best),
        rows: best,
        empty: 'no trial is complete yet',
      });
      const idle = nothingEnded(summary);
      const { complete, pruned, failed } = idle && summary.end === 'finished' ? counts : summary.ended;
      if (failed > 0 && complete + pruned === 0) {
        throw new AssayError('trial_failed', `all ${failed} trials of this ${idle ? 'study' : 'run'} failed`, {
          hint: `see why with \`assay trial ls ${summary.study.name} --state failed\``,
        });
      }
      if (summary.end !== 'stopped') return;
      throw new AssayError('trial_failed', `stopped by ${summary.by ?? 'request'}`, {
        hint: `\`assay run ${file}\` goes on with the study`,
      });
    });
}

function nothingEnded({ ended }: Pick<RunSummary, 'ended'>): boolean {
  return Object.values(ended).every((count) => count === 0);
}

/** The live picture waits no longer for an answer; the next one is due anyway. */
const pictureMs = 5000;

/** Runs a study and shows how it goes; resolves to the summary and the best trials. */
export async function runWithProgress(io: Io, options: GlobalOptions, file: string, flags: RunFlags) {
  const [{ requireSpace }, { prepareRun }, { runPrepared }, { showStudy }, { bestTrials }, { withAnswerLimit }] = await Promise.all([
    import('../../core/free-space.ts'),
    import('../../runner/supervisor/prepare-run.ts'),
    import('../../runner/supervisor/run-study.ts'),
    import('../../storage/readers/show-study.ts'),
    import('../../storage/readers/best-trials.ts'),
    import('../../storage/answer-limit.ts'),
  ]);
  const { time, steps, stopWhen: rules, timeout, metrics, device, ...rest } = flags;
  const budget = {
    ...(time !== undefined && { time }),
    ...(steps !== undefined && { steps }),
    ...(rules !== undefined && { stopWhen: rules }),
  };
  const dataDir = dataDirOf(options.dataDir);
  const devices = device && [...new Set(device)];
  await checkMetricsAddress(io, metrics);
  // Checked before anything is written to the data directory.
  await requireSpace(dataDir, 0);
  const prepared = await prepareRun({ ...rest, file, dataDir, budget, devices });
  const shortfall = await describeShortfall(prepared.study.evidence ?? null, prepared.study.policy);
  return withDatabase(options, async (connection) => {
    const { db } = connection;
    let name: string | null = null;
    const picture = createLivePicture(io, () => answersOf({ db, dataDir }));
    const progress = createProgress(
      io,
      options,
      async () => {
        const shown = name;
        return shown === null ? null : withAnswerLimit(pictureMs, () => showStudy(db, shown));
      },
      { lines: (study, fresh) => withAnswerLimit(pictureMs, () => picture.lines(study, fresh)) },
    );
    try {
      const summary = await withMetricsServer(io, options, metrics, (observe) =>
        runPrepared(prepared, {
          connection,
          measured: metrics !== undefined,
          timeoutMs: timeout,
          dataDir,
          databaseUrl: options.databaseUrl,
          onProgress: (event) => {
            if (event.kind === 'study-opened') name = event.study.name;
            observe(event);
            progress.tell(event);
            if (event.kind === 'study-opened' && shortfall !== null) progress.tell({ kind: 'log', text: shortfall });
          },
        }),
      );
      await progress.end();
      const { trials: best } = await bestTrials(db, summary.study.name, { top: 3 });
      const { complete, pruned, failed, cancelled } = summary.ended;
      const ended = [
        `${complete} complete`,
        `${pruned} pruned`,
        `${failed} failed`,
        ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
      ].join(', ');
      const study = await showStudy(db, summary.study.name);
      const { endedBecause, counts } = study;
      const why = summary.end === 'finished' && endedBecause !== null ? ` (${endedBecause})` : '';
      say(io, options, `${summary.end}${why} after ${formatDuration(summary.durationMs)}: ${ended}`);
      if (nothingEnded(summary) && study.state === 'complete') say(io, options, describeUsedUp(study));
      if (counts.paused > 0)
        say(
          io,
          options,
          `${counts.paused} paused: \`assay trial ls ${summary.study.name} --state paused\` shows them, \`assay trial resume\` lets one go on`,
        );
      return { summary, best, counts };
    } finally {
      await progress.end();
    }
  });
}
