import { CredentialsRefused, type TokenFault } from '../../core/errors.ts';
import { backoff, type Pause, type PauseReason } from '../../core/sweeps/pause.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Lease } from '../lease.ts';
import type { RequestGate } from './token-bucket.ts';

/** Stops the requests of a sweep, and those of the sweeps to come, when upstream is not well. */
export interface Pauses {
  /** 429: no request before `retryAt` (ms since the epoch). */
  rateLimited(retryAt: number): Promise<void>;
  /** A fault that says nothing about when it is over: 1 min, doubling up to 15. */
  pause(reason: Exclude<PauseReason, 'RateLimited'>): Promise<void>;
  /** There is no access token to ask with: a fault of the credentials, or of upstream. */
  noToken(error: TokenFault): Promise<void>;
  /** A 200: whatever pauses there were, the next one starts again at 1 min. */
  upstreamAnswered(): void;
  /** The longest pause this sweep has called for. */
  readonly current: Pause | undefined;
  /** Pauses in a row, this sweep's included. */
  readonly count: number;
}

const COUNTERS = {
  CredentialsRefused: 'credentialsRefused',
  UpstreamDown: 'upstreamDown',
  UpstreamFault: 'upstreamFaults',
} as const;

/** What the log says, in words for whoever has to do something about it. */
const MESSAGES: Readonly<Record<PauseReason, string>> = {
  RateLimited: 'Upstream limits our requests, so none leaves for a while',
  CredentialsRefused:
    'Upstream refuses our credentials: the access token or the client secret has to be replaced',
  UpstreamDown: 'Upstream is down, so no requests for a while',
  UpstreamFault:
    'All runs are missing at once, which looks like a fault of upstream: no requests for a while',
};

/**
 * The longer pause counts. But one over refused credentials ends as soon as there are others, and what
 * a 429 asks for must be kept even then.
 */
function outranks(next: Pause, current: Pause): boolean {
  if (current.reason === 'RateLimited' && next.reason === 'CredentialsRefused') return false;
  if (current.reason === 'CredentialsRefused' && next.reason === 'RateLimited') return true;
  return next.until > current.until;
}

/** The pauses of one sweep. Each fault counts once, however many checks meet it. */
export function createPauses(context: SweepContext, gate: RequestGate, lease: Lease): Pauses {
  const { report, time, log } = context;
  const faults = new Set<PauseReason>();
  let current: Pause | undefined;
  let recordedUntil = 0;
  let earlier = lease.found.pauseCount;

  async function begin(pause: Pause): Promise<void> {
    if (current && !outranks(pause, current)) return;
    current = pause;
    // Checks in flight meet the same limit within milliseconds of each other: one write says it all.
    if (Math.abs(pause.until - recordedUntil) < SECOND) return;
    recordedUntil = pause.until;
    log.warn(MESSAGES[pause.reason], { pause });
    await lease.recordPause(pause);
  }

  async function pause(reason: keyof typeof COUNTERS): Promise<void> {
    if (faults.has(reason)) return;
    faults.add(reason);
    gate.close();
    report[COUNTERS[reason]] += 1;
    const until = time.now() + backoff(earlier);
    const credentials =
      reason === 'CredentialsRefused' ? await credentialsVersion(context) : undefined;
    await begin({ until, reason, ...(credentials !== undefined && { credentials }) });
  }

  return {
    async rateLimited(retryAt) {
      gate.close();
      report.rateLimited += 1;
      await begin({ until: retryAt, reason: 'RateLimited' });
    },
    pause,
    async noToken(error) {
      log.warn('There is no access token to ask with', { error });
      await pause(error instanceof CredentialsRefused ? 'CredentialsRefused' : 'UpstreamDown');
    },
    upstreamAnswered() {
      earlier = 0;
    },
    get current() {
      return current;
    },
    get count() {
      return earlier + (faults.size > 0 ? 1 : 0);
    },
  };
}

/**
 * Which credentials there are now.
 *
 * @returns undefined when they cannot be read (the log says why): any that can be are a change
 */
export async function credentialsVersion({
  tokens,
  log,
  signal,
}: Pick<SweepContext, 'tokens' | 'log' | 'signal'>): Promise<string | undefined> {
  try {
    return await tokens.credentialsVersion(signal);
  } catch (error) {
    log.warn('The credentials cannot be read', { error });
    return undefined;
  }
}
