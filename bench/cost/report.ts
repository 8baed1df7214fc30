import { figure, numberTicks, type Panel, type Tick } from '../report/plot.ts';
import { markdownTable } from '../report/table.ts';
import {
  breakEven,
  type Cost,
  costOf,
  type Design,
  type Load,
  type Quantities,
  usd,
} from './bill.ts';
import { PRICES, type Priced } from './prices.ts';

/** One figure of each design, a row for each load. */
export function costTable(
  designs: readonly Design[],
  loads: readonly Load[],
  figureName: keyof Cost,
): string {
  return markdownTable(
    ['pending', ...designs.map(({ name }) => name)],
    loads.map((load) => [
      load.pending.toLocaleString('en'),
      ...designs.map((design) => dollars(costOf(design, load)[figureName])),
    ]),
  );
}

const HOURS = [2, 8, 24];
/** Of one who watches few. */
const FEW = 10;

/** What it costs to be told sooner, by how many hours a day jobs are pending. */
export function soonerTable(own: Design, soonerFor: (hours: number) => Design): string {
  return markdownTable(
    ['hours a day', 'every minute', 'beyond what is free', 'every 15 s', 'beyond what is free'],
    HOURS.map((hours) => {
      const load = { pending: (FEW * hours) / 24, runMinutes: 60 };
      const costs = [own, soonerFor(hours)].map((design) => costOf(design, load));
      return [
        String(hours),
        ...costs.flatMap(({ perMonth, perMonthBeyondFree }) => [
          dollars(perMonth),
          dollars(perMonthBeyondFree),
        ]),
      ];
    }),
  );
}

/** By how much each peer costs more for a million checks; below 1 it costs less. */
export function ratioTable(own: Design, peers: readonly Design[], loads: readonly Load[]): string {
  return markdownTable(
    ['pending', ...peers.map(({ name }) => name)],
    loads.map((load) => {
      const base = costOf(own, load).perMillionChecks;
      const ratios = peers.map((peer) => costOf(peer, load).perMillionChecks / base);
      return [load.pending.toLocaleString('en'), ...ratios.map((ratio) => `${round(ratio)} ×`)];
    }),
  );
}

/** From how many pending jobs on this design is the cheaper one, as far as checks go. */
export function breakEvenTable(owns: readonly Design[], peers: readonly Design[]): string {
  const from = (own: Design, peer: Design, factor: number) =>
    breakEven(own, peer, factor)?.toLocaleString('en') ?? 'never';
  return markdownTable(
    ['', ...owns.map(({ name }) => name)],
    [
      ...peers.map((peer) => [
        `cheaper than: ${peer.name}`,
        ...owns.map((own) => from(own, peer, 1)),
      ]),
      ...peers.map((peer) => [
        `100 times cheaper than: ${peer.name}`,
        ...owns.map((own) => from(own, peer, 100)),
      ]),
    ],
  );
}

/** What a design uses and what that costs. */
export function quantitiesTable(title: string, quantities: Quantities): string {
  const rows = Object.entries(quantities).map(([priced, count]) => {
    const { usd: price, per } = PRICES[priced as Priced];
    return [per, round(count), dollars(price * count)];
  });
  return markdownTable([title, 'how many', '$'], [...rows, ['all', '', dollars(usd(quantities))]]);
}

/** Every price, where it is from, and for when it is known to hold. */
export function priceTable(): string {
  return markdownTable(
    ['one', '$', 'source', 'as of'],
    Object.values(PRICES).map(({ usd: price, per, source, asOf }) => [
      per,
      String(Number(price.toPrecision(6))),
      source,
      asOf,
    ]),
  );
}

/** Dollars a month, and for a million checks, against the load. */
export function costFigure(designs: readonly Design[], loads: readonly Load[]): string {
  const panel = (title: string, name: keyof Cost, yTicks: readonly Tick[]): Panel => ({
    title,
    xLabel: 'jobs pending, each checked every minute up to 5,000 checks a minute',
    yLabel: 'US dollars',
    xTicks: numberTicks(...loads.map(({ pending }) => pending)),
    yTicks,
    series: designs.map((design, i) => ({
      name: design.name,
      points: loads.map((load) => [load.pending, costOf(design, load)[name]] as const),
      isOwn: i === 0,
      isBound: i === 1,
    })),
  });
  return figure('What watching costs against the number of pending jobs, for each design', [
    panel(
      'a month, all included',
      'perMonth',
      numberTicks(0.1, 1, 10, 100, 1_000, 10_000, 100_000),
    ),
    panel('a million checks, without what each run costs once', 'perMillionChecks', [
      ...numberTicks(0.01, 0.1, 1, 10, 100),
    ]),
  ]);
}

function dollars(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(round(value));
}

function round(value: number): number {
  return Number(value.toPrecision(value >= 100 ? 4 : 3));
}
