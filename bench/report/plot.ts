/** One line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thick, before all others. */
  readonly isOwn?: boolean;
  /** Drawn with dashes: a bound, not something that anybody could use. */
  readonly isBound?: boolean;
}

/** One plot, both axes logarithmic. All plots of a figure have the same series. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/** Where an axis has a label. It reaches from its least tick to its greatest. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Ticks that say their number. */
export function numberTicks(...values: readonly number[]): Tick[] {
  return values.map((at) => ({ at, label: at.toLocaleString('en') }));
}

const WIDTH = 430;
const HEIGHT = 330;
const LEFT = 62;
const BOTTOM = 48;
const TOP = 30;
const RIGHT = 26;
const LEGEND = 34;

/** Colours that the colour-blind can tell apart (Okabe and Ito), on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/**
 * A figure of one or more panels, two in a row, as SVG.
 *
 * @param title what it shows, for whoever cannot see it
 */
export function figure(title: string, panels: readonly Panel[]): string {
  const columns = Math.min(2, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const [width, height] = [columns * WIDTH, rows * HEIGHT + LEGEND];
  const drawn = panels.map((panel, i) => {
    const [x, y] = [(i % columns) * WIDTH, Math.floor(i / columns) * HEIGHT + LEGEND];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" font-family="sans-serif" font-size="11" fill="#222">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    legend(panels[0]?.series ?? []),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, xLabel, yLabel, series, xTicks, yTicks }: Panel): string {
  const x = logScale(xTicks, LEFT, WIDTH - RIGHT);
  const y = logScale(yTicks, HEIGHT - BOTTOM, TOP);
  const [middleX, middleY] = [(LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2];
  return [
    `<text x="${middleX}" y="${TOP - 10}" text-anchor="middle" font-size="13">${escaped(title)}</text>`,
    ...yTicks.map(({ at, label }) => rule(LEFT, y(at), WIDTH - RIGHT, y(at), label, 'end')),
    ...xTicks.map(({ at, label }) => rule(x(at), HEIGHT - BOTTOM, x(at), TOP, label, 'middle')),
    `<text x="${middleX}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(14 ${middleY}) rotate(-90)" text-anchor="middle">` +
      `${escaped(yLabel)}</text>`,
    ...series.map((line, i) => drawLine(line, colourOf(i), x, y)).reverse(),
  ].join('\n');
}

type Scale = (value: number) => number;

function logScale(ticks: readonly Tick[], from: number, to: number): Scale {
  const logs = ticks.map(({ at }) => Math.log(at));
  const [min, max] = [Math.min(...logs), Math.max(...logs)];
  return (value) => round(from + ((Math.log(value) - min) / (max - min)) * (to - from));
}

function rule(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  label: string,
  anchor: 'end' | 'middle',
): string {
  const [dx, dy] = anchor === 'end' ? [-6, 4] : [0, 16];
  return (
    `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#ddd"/>` +
    `<text x="${x1 + dx}" y="${y1 + dy}" text-anchor="${anchor}">${escaped(label)}</text>`
  );
}

function drawLine({ points, isOwn, isBound }: Series, colour: string, x: Scale, y: Scale): string {
  const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
  const dashes = isBound ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${isOwn ? 3 : 1.6}"${dashes}/>`;
}

function legend(series: readonly Series[]): string {
  let from = 12;
  return series
    .map((line, i) => {
      const sample = {
        ...line,
        points: [
          [from, 18],
          [from + 22, 18],
        ] as const,
      };
      const drawn = drawLine(sample, colourOf(i), round, round);
      const text = `<text x="${from + 28}" y="22">${escaped(line.name)}</text>`;
      from += 48 + 6.2 * line.name.length;
      return drawn + text;
    })
    .join('\n');
}

function colourOf(i: number): string {
  return COLOURS[i % COLOURS.length] ?? '';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
