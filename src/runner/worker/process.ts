import { messageOf } from '../../core/errors.ts';
import type { WorkerEvent } from '../events.ts';
import { createStopState } from '../stop/stop-state.ts';
import { faultOf } from './fault.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { runWorker } from './run-worker.ts';

/**
 * Worker process: talks to the database while its pool of threads computes. It does not outlive its supervisor:
 * when the channel closes, running trials go back to the queue and the process ends.
 */

const longestFarewellMs = 10_000;

const stopping = createStopState();

function say(message: FromWorker): void {
  // If the supervisor has ended, the `disconnect` handler below stops this process.
  if (process.connected) process.send?.(message, () => undefined);
}

function tell(event: WorkerEvent): void {
  say({ kind: 'event', event });
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stopping.stop(message.request, message.by);
  else
    runWorker(message.setup, stopping, tell).then(
      (end) => leave({ kind: 'ended', end }, 0),
      (error: unknown) => leave({ kind: 'fatal', error: faultOf(error) }, 1),
    );
});
process.on('disconnect', () => {
  stopping.stop('release', 'the end of its supervisor');
  // Without a supervisor nothing else would end a process that hangs.
  setTimeout(() => process.exit(1), longestFarewellMs).unref();
});
// The reader of the output may have ended.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// Logs one line instead of Node's stack; the supervisor restarts the process either way.
process.on('uncaughtException', crash).on('unhandledRejection', crash);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.stop('release', signal));

/** Ends the process on an error that nothing caught, in one line of the log. */
function crash(error: unknown): void {
  leave({ kind: 'event', event: { kind: 'log', text: `error in the worker process: ${messageOf(error)}` } }, 1);
}

/** Sends the last message, then exits explicitly, because native code may keep the event loop alive. */
function leave(message: FromWorker, exitCode: number): void {
  if (!process.connected) process.exit(exitCode);
  process.send?.(message, () => process.exit(exitCode));
}
