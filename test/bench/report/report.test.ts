import { describe, expect, it } from 'vitest';
import { figure, numberTicks, type Panel } from '../../../bench/report/plot.ts';
import { markdownTable } from '../../../bench/report/table.ts';

const PANEL: Panel = {
  title: 'a < b & c',
  xLabel: 'jobs',
  yLabel: 'delay',
  xTicks: numberTicks(10, 1_000),
  yTicks: numberTicks(1, 100),
  series: [
    {
      name: 'ours',
      points: [
        [10, 1],
        [100, 10],
        [1_000, 100],
      ],
      isOwn: true,
    },
    {
      name: 'bound',
      points: [
        [10, 1],
        [1_000, 1],
      ],
      isBound: true,
    },
  ],
};

/** The corners of each line drawn over the panel; rules and the legend have two corners too. */
function linesOf(svg: string): string[] {
  return [...svg.matchAll(/<path d="([^"]+)" fill="none"/g)].map(([, d = '']) => d);
}

describe('a figure', () => {
  it('draws a straight line where both axes rise tenfold', () => {
    const [x1, y1, x2, y2, x3, y3] = (
      linesOf(figure('A test', [PANEL])).find((d) => d.split('L').length === 3) ?? ''
    )
      .split(/[ML ]/)
      .filter(Boolean)
      .map(Number) as [number, number, number, number, number, number];
    expect(x2 - x1).toBeCloseTo(x3 - x2, 0);
    expect(y1 - y2).toBeCloseTo(y2 - y3, 0);
    expect(y3).toBeLessThan(y1);
  });

  it('names every line and every tick, in words that XML takes', () => {
    const svg = figure('A test', [PANEL, PANEL]);
    for (const text of [
      'ours',
      'bound',
      '10',
      '1,000',
      '100',
      'a &lt; b &amp; c',
      'jobs',
      'delay',
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it('has a title for whoever cannot see it', () => {
    expect(figure('A test', [PANEL])).toContain('<title>A test</title>');
  });

  it('is the same each time', () => {
    expect(figure('A test', [PANEL])).toBe(figure('A test', [PANEL]));
  });
});

it('a table sets numbers flush right', () => {
  expect(
    markdownTable(
      ['runs', 'delay', 'note'],
      [
        ['alike', '1.25 (2 ×)', 'x'],
        ['mixed', 3, '4 of 5'],
      ],
    ),
  ).toBe(
    '| runs | delay | note |\n| --- | ---: | --- |\n| alike | 1.25 (2 ×) | x |\n| mixed | 3 | 4 of 5 |',
  );
});
