import { oneLine } from '../../core/text.ts';
import type { ChangedTrial, ChangesPage } from '../../storage/readers/changes-since.ts';
import type { Io } from '../io.ts';
import { formatDuration, formatNumber } from './format.ts';
import { createLiveBlock } from './live-block.ts';
import { type LivePicture, steadied } from './live-picture.ts';
import type { OutputOptions } from './print.ts';
import { formatTsv, tsvLines } from './records.ts';
import { describeBest, describeTrials } from './study-lines.ts';
import { columnsWith } from './trial-columns.ts';

/** Shows a followed study. Data goes to `out`, the block to `err` if that is a terminal. */
export interface WatchView {
  readonly show: (page: ChangesPage) => void;
  /** Clears the block before other output, until the next page. */
  readonly pause: () => void;
  /** Releases the terminal. `last`: draws the last state before. */
  readonly end: (last: boolean) => Promise<void>;
}

/** Curves grow without a change of the study. */
const redrawMs = 2000;

/** A line for each trial that ended (tab-separated columns in a pipe), or with `--json` and `--jsonl` one for each page, and the state of the study below. */
export function createWatchView(io: Io, options: OutputOptions, picture: LivePicture): WatchView {
  const block = options.quiet || !io.err.isTerminal || io.log !== undefined ? null : createLiveBlock(io.err);
  let rows = 0;
  const linesOf = (page: ChangesPage): string => {
    if (options.json || options.jsonl) return `${JSON.stringify(page)}\n`;
    const ended = page.trials.filter(({ finishedAt }) => finishedAt !== null);
    if (io.out.isTerminal) return ended.map((trial) => `${endOf(trial)}\n`).join('');
    const columns = columnsWith({ objectives: page.study.objectives?.map(({ name }) => name) ?? [], constrained: false });
    const trials = ended.map((trial) => ({ ...trial, params: trial.params ?? {} }));
    rows += trials.length;
    return rows === trials.length && rows > 0 ? formatTsv(columns, trials) : tsvLines(columns, trials);
  };
  const steady = steadied(picture);
  let words: readonly string[] = [];
  let below: readonly string[] = [];
  const draw = (): void => {
    if (words.length > 0) block?.draw([...words, ...below]);
  };
  let drawing: Promise<void> = Promise.resolve();
  let followed: string | undefined;
  let ended = false;
  const redraw = (fresh = false): void => {
    if (followed === undefined || ended) return;
    const study = followed;
    // The follower of the study handles a database that is away; the picture waits.
    drawing = drawing
      .then(() => steady.lines(study, fresh))
      .then((lines) => {
        below = lines;
        if (!ended) draw();
      })
      .catch(() => undefined);
  };
  const timer = block === null ? undefined : setInterval(() => redraw(), redrawMs);
  return {
    show: (page) => {
      block?.erase();
      const lines = linesOf(page);
      if (lines !== '') io.out.write(lines);
      const { study } = page;
      const pace = study.trialsPerHour === null ? '' : `   ${formatNumber(study.trialsPerHour, 3)} trials/h`;
      const eta = study.etaMs === null ? '' : `   ETA ${formatDuration(study.etaMs)}`;
      words = [`${study.name}  ${study.state}`, `  ${describeTrials(study)}`, `  ${describeBest(study)}${pace}${eta}`];
      followed = study.name;
      draw();
      if (block !== null) redraw();
    },
    pause: () => {
      words = [];
      block?.erase();
    },
    end: async (last) => {
      clearInterval(timer);
      if (last && block !== null) {
        redraw(true);
        await drawing;
      }
      ended = true;
    },
  };
}

/** As `assay run` says it. */
function endOf({ address, durationMs, ...trial }: ChangedTrial): string {
  return `${address} ${outcomeOf(trial)}${durationMs === null ? '' : ` after ${formatDuration(durationMs)}`}`;
}

function outcomeOf({
  state,
  value,
  values,
  nonFinite,
  lastReport,
  reason,
  error,
  cancelledBy,
}: Omit<ChangedTrial, 'address' | 'durationMs'>): string {
  if (state === 'pruned') return `pruned${lastReport === null ? '' : ` at step ${lastReport.step}`}: ${reason ?? ''}`;
  if (state === 'failed') return `failed: ${oneLine(error?.message ?? '')}`;
  if (state === 'cancelled') return `cancelled by ${cancelledBy ?? ''}`;
  const shown =
    values === undefined ? [['value', value] as const] : Object.entries(values).map(([name, given]) => [`values.${name}`, given] as const);
  return `${state}: ${shown.map(([name, given]) => nonFinite?.[name] ?? formatNumber(given)).join(', ')}`;
}
