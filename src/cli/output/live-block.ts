import { stripVTControlCharacters } from 'node:util';
import type { Sink } from '../io.ts';

/** The last lines of a terminal, drawn again in place of themselves. */
export interface LiveBlock {
  readonly draw: (lines: readonly string[]) => void;
  /** Before other lines are written. */
  readonly erase: () => void;
}

export function createLiveBlock(sink: Sink): LiveBlock {
  let drawnLines = 0;
  const erase = (): void => {
    if (drawnLines > 0) sink.write(`\u001b[${drawnLines}A\u001b[0J`);
    drawnLines = 0;
  };
  return {
    erase,
    draw: (lines) => {
      erase();
      sink.write(lines.map((line) => `${fitted(line, sink.width() - 1)}\n`).join(''));
      drawnLines = lines.length;
    },
  };
}

/** A line that would wrap is cut, and loses its colours: what is drawn must be as many lines as are erased. */
function fitted(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : plain.slice(0, width);
}
