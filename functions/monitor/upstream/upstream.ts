import { unlessAborted } from '../../adapters/itwin/access-tokens.ts';
import { isTokenFault } from '../../core/errors.ts';
import { filled, type TokenBucket } from '../../core/sweeps/checkpoint.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext, SweepSettings } from '../context.ts';
import type { Lease } from '../lease.ts';
import {
  type CircuitBreaker,
  type ContactLog,
  createCircuitBreaker,
  createContactLog,
} from './circuit-breaker.ts';

/** The most time (ms) to see whether there is a token: what the token endpoint has, and a little. */
const TRY_TIME = 12 * SECOND;

/** The way to upstream for one sweep: every request passes here, whatever it asks for. */
export interface Upstream {
  /** Takes one request out of the token bucket. @returns false when none may leave any more */
  take(): boolean;
  /** Why no request may leave; undefined while requests may. */
  readonly blocked: 'Paused' | 'BudgetSpent' | 'TimeUp' | undefined;
  /** Requests that the sweep may still make; a fraction of one is the next sweep's. */
  readonly left: number;
  /** A request leaves that was taken. */
  sends(): void;
  /** The token bucket, by the requests that have left. */
  readonly bucket: TokenBucket;
  readonly breaker: CircuitBreaker;
  readonly contact: ContactLog;
  /** Sees whether there is a token to ask with; what stands against it opens the circuit breaker. */
  tryToken(): Promise<void>;
  /**
   * The access token to ask with. Throws as `AccessTokens` does.
   *
   * @param signal ends the wait for it, for this caller alone, that for one under renewal too: an alert
   * must not wait for it longer than for its logs; the sweep's by default
   */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * The token to ask with once more after this one was refused: renewed once a sweep, however many
   * checks are refused. Undefined when it is the renewed one that was refused. Throws as
   * `AccessTokens` does.
   */
  renewedAfter(refused: string): Promise<string | undefined>;
}

/** The way to upstream with the budget that the sweep's lease took; closed to requests if paused. */
export function openUpstream(
  context: SweepContext,
  { checksPerMinute }: SweepSettings,
  { lease, isPaused }: { readonly lease: Lease; readonly isPaused: boolean },
): Upstream {
  const { time, tokens, log, signal } = context;
  const contact = createContactLog(time, lease.checkpoint.contact);
  const breaker = createCircuitBreaker(context, lease, contact, isPaused);
  const budget = createBudget(context, lease.found, checksPerMinute);
  let renewal: Promise<string> | undefined;
  let fault: unknown;

  /** One fault is enough: nobody else of this sweep asks the token endpoint. */
  function remember(error: unknown): never {
    if (isTokenFault(error)) fault = error;
    throw error;
  }

  async function token(caller = signal): Promise<string> {
    if (fault) throw fault;
    const renewed = renewal && unlessAborted(renewal, caller);
    const accessToken = await (renewed ?? tokens.current(caller).catch(remember));
    contact.gotToken();
    return accessToken;
  }

  function blocked(): Upstream['blocked'] {
    if (breaker.isOpen) return 'Paused';
    if (budget.left < 1) return 'BudgetSpent';
    // The lease has taken the budget up to then.
    return time.now() < lease.checkpoint.budgetAt ? undefined : 'TimeUp';
  }

  return {
    take() {
      if (blocked() !== undefined) return false;
      budget.take();
      return true;
    },
    get blocked() {
      return blocked();
    },
    get left() {
      return budget.left;
    },
    sends: budget.send,
    get bucket() {
      return budget.bucket;
    },
    breaker,
    contact,
    async tryToken() {
      try {
        await token(AbortSignal.any([signal, time.timeout(TRY_TIME)]));
      } catch (error) {
        if (isTokenFault(error)) return breaker.noToken(error);
        log.warn('There was no time to see whether there is an access token', { error });
      }
    },
    token,
    async renewedAfter(refused) {
      // By the sweep's signal: one check that gives up must not take the others' renewal with it.
      renewal ??= tokens.renew(signal).catch(remember);
      const renewed = await renewal;
      return renewed === refused ? undefined : renewed;
    },
  };
}

/**
 * The budget of one sweep. What it may make is what the bucket had when it began, and no more for what
 * flows in meanwhile; what the next one finds goes by when requests left, or those of the one and of the
 * other together could be more than the bucket ever held.
 */
function createBudget({ time, report }: SweepContext, found: TokenBucket, checksPerMinute: number) {
  let bucket = filled(found, time.now(), checksPerMinute);
  let left = bucket.budget;
  return {
    get left() {
      return left;
    },
    take(): void {
      left -= 1;
    },
    send(): void {
      report.requests += 1;
      const { budget, budgetAt } = filled(bucket, time.now(), checksPerMinute);
      bucket = { budget: budget - 1, budgetAt };
    },
    get bucket() {
      return bucket;
    },
  };
}
