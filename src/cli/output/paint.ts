import pc from 'picocolors';
import type { Token } from '../../plot/palette.ts';
import type { Paint } from '../../plot/terminal/terminal-chart.ts';
import type { Io, Sink } from '../io.ts';

/** Colours where the sink is a terminal that has them and NO_COLOR does not forbid them: the sixteen which its user chose to be readable. */
export function paintOf(sink: Pick<Sink, 'isTerminal'>, env: Io['env']): Paint {
  const has = sink.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const { blue, bold, cyan, dim, green, magenta, red, yellow } = pc.createColors(has);
  const colours: Readonly<Record<Token | 'bold', (text: string) => string>> = {
    paper: String,
    raised: String,
    line: dim,
    ink: String,
    muted: dim,
    accent: blue,
    pass: green,
    fail: red,
    warn: yellow,
    'series-1': blue,
    'series-2': yellow,
    'series-3': cyan,
    'series-4': magenta,
    'series-5': green,
    bold,
  };
  return (text, colour) => colours[colour](text);
}
