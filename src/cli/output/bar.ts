import type { Io } from '../io.ts';
import { createLiveBlock } from './live-block.ts';
import type { OutputOptions } from './print.ts';

/** A line on a terminal that says how far something is. */
export interface Bar {
  /** @param of how much there is (absent: not known) */
  readonly draw: (what: string, done: number, of?: number) => void;
  readonly erase: () => void;
}

const cells = 30;

/** Silent where there is no terminal, with `--quiet` and with `--log json`. */
export function createBar(io: Io, { quiet = false }: OutputOptions): Bar {
  if (quiet || !io.err.isTerminal || io.log !== undefined) return { draw: () => undefined, erase: () => undefined };
  const block = createLiveBlock(io.err);
  return {
    draw: (what, done, of) => {
      if (of === undefined) return block.draw([`${what}  ${done}`]);
      const full = of === 0 ? cells : Math.min(cells, Math.floor((cells * done) / of));
      block.draw([`${what}  ${'█'.repeat(full)}${'░'.repeat(cells - full)}  ${done} of ${of}`]);
    },
    erase: block.erase,
  };
}
