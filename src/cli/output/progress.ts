import { oneLine } from '../../core/text.ts';
import type { Fault, RunEvent } from '../../runner/events.ts';
import { describeBudget, unlimitedTrials } from '../../search/study/describe-budget.ts';
import { aimsOf } from '../../search/study/goals.ts';
import { meetsConstraints } from '../../search/trial/history.ts';
import type { StudyDetail } from '../../storage/readers/show-study.ts';
import type { Io } from '../io.ts';
import { formatDuration, formatNumber } from './format.ts';
import { createLiveBlock } from './live-block.ts';
import { type LivePicture, steadied } from './live-picture.ts';
import { type OutputOptions, say } from './print.ts';
import { describeBest, describeTrials, endedTrials } from './study-lines.ts';

/** Shows a run: a live block on a terminal, a line for each ended trial elsewhere. */
export interface Progress {
  readonly tell: (event: RunEvent) => void;
  /** Draws the last state and releases the terminal; a second call does nothing. */
  readonly end: () => Promise<void>;
}

/** After these a trial does not run here any more. */
const gone: ReadonlySet<RunEvent['kind']> = new Set(['trial-finished', 'trial-released', 'trial-paused', 'trial-lost']);
const redrawMs = 500;

/**
 * @param read the study as it is now; asked twice a second while a terminal shows it
 * @param picture drawn below the words
 */
export function createProgress(io: Io, options: OutputOptions, read: () => Promise<StudyDetail | null>, picture: LivePicture): Progress {
  if (options.quiet || !io.err.isTerminal || io.log !== undefined)
    return { tell: (event) => tellEvent(io, options, event), end: async () => undefined };

  const startedAtMs = performance.now();
  const running = new Set<string>();
  let endedHere = 0;
  const block = createLiveBlock(io.err);
  const steady = steadied(picture);

  const draw = async (fresh: boolean): Promise<void> => {
    const study = await read();
    if (study === null) return;
    const below = await steady.lines(study.name, fresh);
    block.draw([...studyLines(study, { running: [...running], endedHere, elapsedMs: performance.now() - startedAtMs }), ...below]);
  };
  let drawing: Promise<void> = Promise.resolve();
  let busy = false;
  const redraw = (fresh = false): void => {
    if (busy && !fresh) return;
    busy = true;
    drawing = drawing
      .then(() => draw(fresh))
      // The run itself handles a database that is away; the block waits.
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(() => redraw(), redrawMs);
  let ending: Promise<void> | undefined;

  return {
    tell: (event) => {
      if (event.kind === 'trial-started') running.add(event.address);
      if (gone.has(event.kind) && 'address' in event) running.delete(event.address);
      if (event.kind === 'trial-finished') endedHere += 1;
      if (event.kind === 'trial-finished' && event.outcome.kind !== 'failed') return;
      block.erase();
      tellEvent(io, options, event);
    },
    end: () => {
      ending ??= (async () => {
        clearInterval(timer);
        redraw(true);
        await drawing;
      })();
      return ending;
    },
  };
}

/** Counts of this run. */
export interface RunSoFar {
  /** Addresses. */
  readonly running: readonly string[];
  readonly endedHere: number;
  readonly elapsedMs: number;
}

/** The lines of the live block. Rate and time left are of this run, as the study may have been idle for days before it. */
export function studyLines(study: StudyDetail, { running, endedHere, elapsedMs }: RunSoFar): string[] {
  const { budget } = study;
  const bounded = budget.trials < unlimitedTrials;
  const perMinute = (60_000 * endedHere) / elapsedMs;
  const left = Math.max(0, budget.trials - endedTrials(study));
  const pace =
    endedHere === 0
      ? '- trials/min'
      : `${formatNumber(perMinute, 3)} trials/min${bounded ? `   ETA ${formatDuration((60_000 * left) / perMinute)}` : ''}`;
  return [
    `${study.name}  ${aimsOf(study)}  ${study.sampler.id} + ${study.pruner.id}  ${formatDuration(elapsedMs)}`,
    `  ${describeTrials(study)}`,
    `  ${describeBest(study)}   ${pace}`,
    `  running ${running.join(' ') || '-'}`,
  ];
}

/** A line of text, or of the log with the event's fields. */
export function tellEvent(io: Io, options: OutputOptions, event: RunEvent): void {
  if (io.log !== undefined && !options.quiet) io.log.tell(event);
  const line = lineOf(event);
  if (io.log === undefined && line !== null) say(io, options, line);
}

/** Returns the line for an event (null: it is not shown). */
export function lineOf(event: RunEvent): string | null {
  switch (event.kind) {
    case 'study-opened':
      return `${event.study.created ? 'created' : 'continuing'} study ${event.study.name} (budget ${describeBudget(event.study.budget)})${event.notes.map((note) => `\n${note}`).join('')}`;
    case 'trial-started':
      return event.attempt > 1 ? `${event.address} starts again (attempt ${event.attempt})` : null;
    case 'trial-resumed':
      return `${event.address} resumes after step ${event.step}`;
    case 'trial-finished':
      return `${event.address} ${endOf(event.outcome)} after ${formatDuration(event.durationMs)}`;
    case 'trial-released':
      return `${event.address} went back to the queue: ${event.because}`;
    case 'trial-paused':
      return `${event.address} is paused: ${event.because}`;
    case 'trial-lost':
      return event.because === undefined
        ? `${event.address} belongs to another worker now, or was ended, says the database; this attempt is void`
        : `${event.address} is given up: ${event.because}; its lease has run out by now`;
    case 'reaped':
      return `took back trials of a silent worker: ${[...event.requeued.map((n) => `#${n} queued again`), ...event.failed.map((n) => `#${n} failed`)].join(', ')}`;
    case 'source-changed':
      return event.part === 'packages'
        ? `${event.study} was opened with other packages than package-lock.json pins here: its trials stay in the queue`
        : `${event.study} was opened with another version of ${event.url} than the one here: its trials stay in the queue`;
    case 'study-unfit':
      return `${event.study} cannot run here: ${event.because}; its trials stay in the queue`;
    case 'study-set-aside':
      return `${event.study} cannot be asked for a trial; backing off until it changes, at most 5 minutes: ${describeFault(event.error)}`;
    case 'studies-paused':
      return `${areHeld(event.studies)} paused; \`assay study resume ${event.studies[0]}\` goes on`;
    case 'studies-frozen':
      return `${areHeld(event.studies)} frozen; \`assay freeze ls\` shows what for`;
    case 'database-retry':
      return event.repeated === true ? null : `the database does not answer, trying again: ${event.message}`;
    case 'database-silent':
      return `no answer from the database for ${formatDuration(event.silentMs)}${event.because === '' ? '' : ` (${event.because})`}; trying until it answers`;
    case 'database-answers':
      return `the database answers again, after ${formatDuration(event.silentMs)}`;
    case 'log':
      return event.text.trimEnd();
    case 'worker-started':
    case 'statistics':
      return null;
    case 'worker-died':
      return `the worker on ${event.device} died (${event.because}); next one in ${formatDuration(event.restartInMs)}`;
    case 'stopping':
      return {
        drain: `${event.by}: finishing the running trials, no new ones`,
        cancel: `${event.by}: cancelling the running trials`,
        release: `${event.by}: stopping`,
      }[event.request];
  }
}

/** `a, b, c and 2 more are`. */
function areHeld(studies: readonly string[]): string {
  const others = studies.length > 3 ? ` and ${studies.length - 3} more` : '';
  return `${studies.slice(0, 3).join(', ')}${others} ${studies.length === 1 ? 'is' : 'are'}`;
}

function describeFault({ place, message, hint }: Fault): string {
  return `${place === undefined ? '' : `${place}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

function endOf(outcome: Extract<RunEvent, { kind: 'trial-finished' }>['outcome']): string {
  switch (outcome.kind) {
    case 'complete':
      return `complete: ${(outcome.values ?? [outcome.value]).map((value) => formatNumber(value)).join(', ')}${meetsConstraints(outcome.constraints) ? '' : ', misses a constraint'}`;
    case 'pruned':
      return `pruned at step ${outcome.atStep}: ${outcome.reason}`;
    case 'failed':
      return `failed: ${oneLine(outcome.error.message)}`;
    case 'cancelled':
      return `cancelled by ${outcome.by}`;
  }
}
