import { extname } from 'node:path';
import type { Chart } from '../../plot/chart.ts';
import { heightOfBars } from '../../plot/draw-bars.ts';
import { drawChart } from '../../plot/draw-chart.ts';
import type { Scheme } from '../../plot/palette.ts';
import { svgText } from '../../plot/svg.ts';
import { terminalChart } from '../../plot/terminal/terminal-chart.ts';
import { writeWhole } from '../../registry/write-whole.ts';
import type { Io } from '../io.ts';
import { paintOf } from '../output/paint.ts';

const usualWidth = 760;
const panelHeight = { first: 440, further: 160 };
/** Of a picture of pixels: letters of 12 px are read at twice that. */
const pixelRatio = 2;
/** A pipe says no width. */
const pipeColumns = 80;
const rows = { first: 16, further: 6 };

/** Writes a picture, whole or not at all. @throws AssayError `usage` where it cannot be written */
export async function writeChart(
  path: string,
  chart: Chart,
  { width = usualWidth, scheme }: { readonly width?: number; readonly scheme: Scheme },
): Promise<void> {
  const height = chart.kind === 'bars' ? heightOfBars(chart) : panelHeight.first + panelHeight.further * (chart.panels.length - 1);
  const svg = svgText(drawChart(chart, { width, height }), scheme);
  if (extname(path).toLowerCase() === '.svg') return writeWhole(path, svg);
  const { pngOf } = await import('./png.ts');
  return writeWhole(path, await pngOf(svg, pixelRatio * width));
}

/** Draws with characters, as wide as the terminal. */
export function showChart({ out, env }: Pick<Io, 'out' | 'env'>, chart: Chart): void {
  const width = Number.isFinite(out.width()) ? out.width() - 1 : pipeColumns;
  const height = chart.kind === 'bars' ? 0 : rows.first + rows.further * (chart.panels.length - 1);
  const lines = terminalChart(chart, { width, rows: height }, paintOf(out, env));
  out.write(`${lines.join('\n')}\n`);
}
