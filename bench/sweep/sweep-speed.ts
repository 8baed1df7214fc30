import { atMost, type Finding, times } from '../harness/finding.ts';
import { interleaved, medianRatio, quantile } from '../harness/rounds.ts';
import type { Usage } from '../harness/usage.ts';
import { BUDGET } from '../services/function-environment.ts';
import { startServices } from '../services/services.ts';
import { type Contenders, startContenders } from './contenders.ts';

/** How much is measured. */
interface Plan {
  readonly checks: number;
  /** How many checks are in flight at a time, and how many rounds there are with that many. */
  readonly loads: readonly { readonly concurrency: number; readonly rounds: number }[];
  /** Rounds before the first that counts: until then Node is still compiling. */
  readonly warmUp: number;
}

const WHOLE: Plan = {
  checks: BUDGET,
  loads: [
    { concurrency: 50, rounds: 5 },
    // A round is over in a third of the time, and differs more from the next.
    { concurrency: 200, rounds: 15 },
  ],
  warmUp: 11,
};
const QUICK: Plan = { checks: 200, loads: [{ concurrency: 50, rounds: 1 }], warmUp: 1 };

/** How long (ms) upstream takes to answer. */
const LATENCY = 100;

const MOST_CPU = 1.5;
const LEAST_SPEED = 0.9;

/**
 * What a check costs, and how many there are in a second: the monitor function, its tables in
 * dynalite, against bare loops that do the same GETs to the same server. Services and contenders have
 * a process each, and all are warm, as a function is that is invoked every minute.
 *
 * @param entry the bundle of the monitor function
 */
export async function sweepSpeed(entry: string, isQuick: boolean): Promise<readonly Finding[]> {
  const { checks, loads, warmUp } = isQuick ? QUICK : WHOLE;
  const services = await startServices(checks);
  const findings: Finding[] = [];
  for (const { concurrency, rounds } of loads) {
    const contenders = startContenders({ entry, services, checks, concurrency });
    await services.answerAfter(0);
    await interleaved(warmUp, contenders.runs);
    await services.answerAfter(LATENCY);
    const usages = await interleaved(rounds, contenders.runs);
    findings.push(...compare(usages, { checks, concurrency }));
    await contenders.stop();
  }
  await services.stop();
  return findings;
}

function compare(
  { sweep, fetch, undici }: Readonly<Record<keyof Contenders['runs'], readonly Usage[]>>,
  { checks, concurrency }: Readonly<Record<'checks' | 'concurrency', number>>,
): readonly Finding[] {
  const at = `${LATENCY} ms upstream, ${concurrency} in flight`;
  const cpu = (usages: readonly Usage[]) => usages.map((usage) => (usage.cpu / checks) * 1_000);
  const speed = (usages: readonly Usage[]) => usages.map(({ time }) => (checks / time) * 1_000);
  const medians = (of: typeof cpu) =>
    [sweep, fetch, undici].map((usages) => Math.round(quantile(of(usages), 0.5)));

  const cpuRatio = medianRatio(cpu(sweep), cpu(fetch));
  const [sweepCpu, fetchCpu, undiciCpu] = medians(cpu);
  const speedRatio = medianRatio(speed(sweep), speed(fetch));
  const [sweepSpeed, fetchSpeed, undiciSpeed] = medians(speed);
  return [
    {
      what: `client CPU per check, ${at}`,
      target: atMost(MOST_CPU, cpuRatio, 'bare `fetch`'),
      measured: `${times(cpuRatio)} (${sweepCpu} : ${fetchCpu} µs; undici's \`request\` ${undiciCpu} µs)`,
    },
    {
      what: `checks per second, ${at}`,
      ...(concurrency === 200 && {
        target: {
          text: `at least ${LEAST_SPEED} × bare \`fetch\``,
          isMet: speedRatio >= LEAST_SPEED,
        },
      }),
      measured: `${times(speedRatio)} (${sweepSpeed} : ${fetchSpeed}; undici's \`request\` ${undiciSpeed})`,
    },
  ];
}
