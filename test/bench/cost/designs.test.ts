import { beforeAll, describe, expect, it } from 'vitest';
import { costOf, type Design, type Load, usd } from '../../../bench/cost/bill.ts';
import { ownDesign, ownDesignBare, PEERS, stampingPoller } from '../../../bench/cost/designs.ts';
import { measureProduct, measureStampingPoller, type Units } from '../../../bench/cost/measure.ts';
import { PRICES } from '../../../bench/cost/prices.ts';
import { partsPerMonth } from '../../../bench/cost/stack-parts.ts';
import { synthesisOfStack } from '../../../local/synthesis.ts';

const { template } = await synthesisOfStack();
const LIVES = 5;
let units: Units;
let own: Design;
beforeAll(async () => {
  units = await measureProduct(template, LIVES);
  own = ownDesign(template, units);
});

function loadOf(pending: number): Load {
  return { pending, runMinutes: 60 };
}

function peer(name: string): Design {
  const found = PEERS.find((design) => design.name === name);
  if (found === undefined) throw new Error(`There is no peer ${name}.`);
  return found;
}

it('sweeps write twice, and nothing for a check without news', () => {
  expect(units).toMatchObject({ sweep: { writeUnit: 2 }, check: { writeUnit: 0 } });
  expect(units.check.readUnit).toBeGreaterThan(0);
  expect(units.check.readUnit).toBeLessThan(0.05);
});

it('the usual poller writes for each check', async () => {
  const usual = await measureStampingPoller(LIVES);
  expect(usual.check.writeUnit).toBe(1);
  const [ours, theirs] = [own, stampingPoller(usual)].map((design) => design.perCheck(loadOf(10)));
  expect(usd(theirs ?? {})).toBeGreaterThan(10 * usd(ours ?? {}));
});

describe('the parts of the stack', () => {
  it('are counted from its template', () => {
    const parts = partsPerMonth(template);
    expect(parts).toMatchObject({ dashboardMonth: 1, secretMonth: 1, keyMonth: 0 });
    const alarms = Object.values(template.Resources).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(parts.alarmMetricMonth).toBe(alarms.length);
  });

  it('count an alarm on an expression once for each metric in it', () => {
    const alarm = (Properties: Record<string, unknown>) => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties,
    });
    const { alarmMetricMonth } = partsPerMonth({
      Resources: {
        plain: alarm({ MetricName: 'Errors' }),
        sum: alarm({ Metrics: [{ Expression: 'a+b' }, { MetricStat: {} }, { MetricStat: {} }] }),
      },
    });
    expect(alarmMetricMonth).toBe(3);
  });

  it('are left out of the bare design, but for the secret', () => {
    const { monthly } = ownDesignBare(template, units);
    expect(monthly).toMatchObject({ secretMonth: 1 });
    for (const left of ['alarmMetricMonth', 'dashboardMonth', 'metricMonth', 'keyMonth']) {
      expect(monthly).not.toHaveProperty(left);
    }
  });
});

describe('by the model', () => {
  it('a loop in Step Functions costs three transitions for each check', () => {
    const loop = peer('Step Functions loop');
    expect(costOf(loop, loadOf(10)).perMillionChecks).toBeCloseTo(75);
    expect(costOf(loop, loadOf(100_000)).perMillionChecks).toBeCloseTo(75);
  });

  it('this design is a hundred times cheaper for each check from some hundred jobs on', () => {
    const loop = peer('Step Functions loop');
    for (const pending of [1_000, 10_000, 100_000]) {
      const [ours, theirs] = [own, loop].map((design) => costOf(design, loadOf(pending)));
      expect(theirs?.perMillionChecks).toBeGreaterThan(100 * (ours?.perMillionChecks ?? 0));
    }
  });

  it('this design is the dearer one with few jobs: its alarms cost the same with ten as with many', () => {
    const ours = costOf(own, loadOf(10)).perMillionChecks;
    expect(ours).toBeGreaterThan(costOf(peer('SQS delay loop'), loadOf(10)).perMillionChecks);
    expect(ours).toBeLessThan(costOf(peer('Step Functions loop'), loadOf(10)).perMillionChecks);
  });

  it('checks read more of the index when passes skip jobs', () => {
    expect(usd(own.perCheck(loadOf(10_000)))).toBeGreaterThan(usd(own.perCheck(loadOf(1_000))));
  });
});

it('every price says where it is from and since when it is known', () => {
  for (const { usd: price, source, asOf } of Object.values(PRICES)) {
    expect(price).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(asOf).toMatch(/^20\d\d-\d\d$/);
  }
});
