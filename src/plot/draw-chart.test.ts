import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BarChart, Column, XyChart } from './chart.ts';
import { heightOfBars } from './draw-bars.ts';
import { drawChart } from './draw-chart.ts';
import { schemes, stateMarkers } from './palette.ts';
import { svgText } from './svg.ts';
import { terminalChart } from './terminal/terminal-chart.ts';

const size = { width: 760, height: 440 };
const plain = (text: string): string => text;

function chartOf(x: Column, y: Column, kind: 'linear' | 'log' = 'linear', title = 'a study'): XyChart {
  return {
    kind: 'xy',
    title,
    finding: 'It rises.',
    note: '3 of 4 trials.',
    x: { label: 'trial', kind: 'linear' },
    panels: [
      {
        y: { label: 'value', kind },
        share: 2,
        layers: [
          { kind: 'points', x, y, marker: stateMarkers.complete, colour: 'series-1', name: 'complete' },
          { kind: 'line', x, y, stepped: true, colour: 'series-2', name: 'best so far' },
        ],
      },
      {
        y: { label: 'drawdown', kind: 'linear', includes: [0] },
        share: 1,
        layers: [
          { kind: 'band', x, low: y, high: y, colour: 'series-3', name: 'range' },
          { kind: 'band', x, low: y, high: y, barWidth: 1, colour: 'series-3' },
          { kind: 'level', y: 0.3, colour: 'fail', name: 'limit' },
        ],
      },
    ],
  };
}

const bars: BarChart = {
  kind: 'bars',
  title: 's: importance',
  finding: 'lr decides.',
  note: '18 trials.',
  label: 'share',
  bars: [
    { name: 'lr', share: 0.7, low: 0.5, high: 0.8 },
    { name: `a name of ${'very '.repeat(30)}many letters`, share: 0.3, low: 0, high: 0.4 },
  ],
};

const number = fc.option(
  fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-300, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE),
  ),
);
const rows = fc.array(fc.tuple(number, number), { maxLength: 40 });

describe('whatever the numbers are', () => {
  test('a picture has a place for every mark that it draws', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('linear' as const, 'log' as const), (pairs, kind) => {
        const svg = svgText(
          drawChart(
            chartOf(
              pairs.map(([x]) => x),
              pairs.map(([, y]) => y),
              kind,
            ),
            size,
          ),
        );
        expect(svg).not.toMatch(/NaN|undefined|null/);
        // An infinite number is written only where a label says so.
        expect(svg).not.toMatch(/="[^"]*Infinity/);
      }),
      { examples: [[[[-1.7e-322, 0]], 'linear']] },
    );
  });

  test('no line of characters is wider than the terminal', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 16, max: 200 }), (pairs, width) => {
        const lines = terminalChart(
          chartOf(
            pairs.map(([x]) => x),
            pairs.map(([, y]) => y),
          ),
          { width, rows: 12 },
          plain,
        );
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a picture', () => {
  test('has its texts as texts, in the colours of its scheme', () => {
    const svg = svgText(drawChart(chartOf([0, 1], [1, 2], 'linear', 'a <study> & "more" \u0007 עברית 🙂'), size), 'dark');
    expect(svg).toContain('<title id="title">a &lt;study&gt; &amp; "more" \uFFFD עברית 🙂</title>');
    expect(svg).toContain(`<rect width="100%" height="100%" fill="${schemes.dark.paper}"/>`);
    for (const light of [schemes.light.ink, schemes.light['series-1']]) expect(svg).not.toContain(light);
  });

  test('names each series once, and says of how many it shows how many', () => {
    const svg = svgText(drawChart(chartOf([0, 1], [1, 2]), size));
    for (const text of ['complete', 'best so far', 'range', 'limit', '3 of 4 trials.', 'drawdown'])
      expect(svg.split(`>${text}</text>`)).toHaveLength(2);
  });

  test('keeps a level until the next better trial', () => {
    const { marks } = drawChart(chartOf([0, 10], [1, 2]), size);
    const clipped = marks.find((mark) => mark.kind === 'clipped');
    const line = clipped?.kind === 'clipped' ? clipped.marks.find((mark) => mark.kind === 'polyline') : undefined;
    const points = line?.kind === 'polyline' ? line.points : [];
    expect(points).toHaveLength(3);
    expect([points[1]![0], points[1]![1]]).toEqual([points[2]![0], points[0]![1]]);
  });

  test('of bars is as high as it needs, and cuts a name that is too long', () => {
    const svg = svgText(drawChart(bars, { width: 760, height: heightOfBars(bars) }));
    expect(svg).toContain('a name of very very');
    expect(svg).toContain('…</text>');
    expect(svg).toContain('>70.00 %</text>');
    expect(() => drawChart({ ...bars, bars: [] }, size)).not.toThrow();
  });
});

describe('a terminal', () => {
  test('shows points as dots, and the best as a line with corners', () => {
    const chart = { ...chartOf([0, 1, 2, 3], [1, 3, 2, 3]), finding: 'f', note: 'n' };
    const panels = [
      { ...chart.panels[0]!, layers: [{ kind: 'line' as const, x: [0, 1, 3], y: [1, 3, 3], stepped: true, colour: 'series-2' as const }] },
    ];
    expect(terminalChart({ ...chart, panels }, { width: 24, rows: 4 }, plain)).toEqual([
      'a study',
      'f',
      '  value',
      '3 ┤      ╭──────────────',
      '  │      │',
      '2 ┤      │',
      '1 ┤──────╯',
      '  └┬────────────┬───────',
      '   0            2',
      '           trial',
      'n',
    ]);
  });

  test('colours each series, the words and the axes', () => {
    const used = new Set<string>();
    terminalChart(chartOf([0, 1], [1, 2]), { width: 60, rows: 9 }, (text, colour) => {
      used.add(colour);
      return text;
    });
    expect([...used].sort()).toEqual(['bold', 'fail', 'muted', 'series-1', 'series-2', 'series-3']);
  });

  test('shows shares as bars that are full up to their lower end', () => {
    const [, , first, second] = terminalChart(bars, { width: 40, rows: 0 }, plain);
    expect(first).toBe('lr                   70.00 % ██████░░░░');
    expect(second).toBe('a name of very very… 30.00 % ░░░░░');
  });
});
