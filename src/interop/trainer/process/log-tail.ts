/** Largest log that is kept of a trainer, in characters. */
const longestLog = 2 ** 20;
/** Lines of the log in the error of a trainer that died. */
const linesInError = 50;

/** The end of what a trainer wrote on stderr. */
export interface LogTail {
  readonly add: (text: string) => void;
  /** What was written since the last call, as far as it is kept. */
  readonly taken: () => string;
  /** The last lines, for an error. */
  readonly lastLines: () => string;
}

export function createLogTail(): LogTail {
  let kept = '';
  let start = 0;
  return {
    add: (text) => {
      kept += text;
      if (kept.length <= longestLog) return;
      start = Math.max(0, start - (kept.length - longestLog));
      kept = kept.slice(-longestLog);
    },
    taken: () => {
      const text = kept.slice(start);
      start = kept.length;
      return text;
    },
    lastLines: () => kept.trimEnd().split('\n').slice(-linesInError).join('\n'),
  };
}
