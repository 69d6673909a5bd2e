import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Io } from '../io.ts';
import { type MetricsAddress, metricsAddress, withMetricsServer } from '../metrics-server.ts';
import { device, durationMs, optionsOf, positiveWholeNumber } from '../options.ts';
import { formatDuration } from '../output/format.ts';
import { printAnswer, say } from '../output/print.ts';
import { tellEvent } from '../output/progress.ts';

interface WorkFlags {
  readonly study: readonly string[];
  readonly device: readonly Device[];
  readonly workers?: number;
  readonly drainAfter?: number;
  readonly drainFor?: number;
  readonly metrics?: MetricsAddress;
}

export function register(program: Command, io: Io): void {
  program
    .command('work')
    .description('work on studies that were opened elsewhere; a worker on any machine')
    .option('--study <study>', 'only this one (repeatable); ends when all named ones are finished', collect, [])
    .option('--device <device>', 'cpu or gpu:<index>, also several: gpu:0,gpu:1 (repeatable; default: cpu)', device, [])
    .option('--workers <n>', 'trials at once on each device (default: the cores shared out among the devices)', positiveWholeNumber)
    .option('--drain-after <duration>', 'no new trials after this long, such as 2h', durationMs)
    .option('--drain-for <duration>', 'after SIGTERM, how long trials may go on before they return to the queue (default: 30s)', durationMs)
    .option('--metrics <[host:]port>', 'serve Prometheus metrics at /metrics (default host: 127.0.0.1)', metricsAddress)
    .action(async (flags: WorkFlags, command: Command) => {
      const options = optionsOf(command);
      const { workStudies } = await import('../../runner/supervisor/work-studies.ts');
      const summary = await withMetricsServer(io, options, flags.metrics, (observe) =>
        workStudies({
          dataDir: dataDirOf(options.dataDir),
          databaseUrl: options.databaseUrl,
          studies: flags.study.map((name) => checkName('study', name)),
          devices: flags.device.length === 0 ? undefined : [...new Set(flags.device)],
          workers: flags.workers,
          drainAfterMs: flags.drainAfter,
          drainMs: flags.drainFor,
          measured: flags.metrics !== undefined,
          onProgress: (event) => {
            observe(event);
            tellEvent(io, options, event);
          },
        }),
      );
      const { complete, pruned, failed, cancelled } = summary.ended;
      say(io, options, `${summary.end}${summary.by === null ? '' : ` (${summary.by})`} after ${formatDuration(summary.durationMs)}`);
      printAnswer(io, options, {
        document: summary,
        columns: [
          { title: 'outcome', cell: ([outcome]) => outcome },
          { title: 'trials', cell: ([, count]) => String(count), align: 'right' },
        ],
        rows: Object.entries({ complete, pruned, failed, cancelled }),
        items: [summary],
      });
    });
}

const collect = (text: string, all: readonly string[]): readonly string[] => [...all, text];
