import type { AccessTokens } from '../../core/ports.ts';
import { budgetAt } from '../../core/sweeps/checkpoint.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext, SweepSettings } from '../context.ts';
import type { Lease } from '../lease.ts';
import { createPauses, type Pauses } from './circuit-breaker.ts';
import { createRequestGate, type RequestGate } from './token-bucket.ts';

/** No request starts later than this into a sweep (ms). */
const START_UNTIL = 40 * SECOND;

/** What every request of a sweep to upstream goes by, whatever it asks for. */
export interface UpstreamAccess {
  readonly gate: RequestGate;
  readonly pauses: Pauses;
  readonly session: TokenSession;
}

/** The way to upstream for one sweep, with the budget that its lease took; shut while paused. */
export function openUpstream(
  context: SweepContext,
  { checksPerMinute }: SweepSettings,
  { lease, isPaused }: { readonly lease: Lease; readonly isPaused: boolean },
): UpstreamAccess {
  const { time, tokens, startedAt, signal } = context;
  const budget = budgetAt(lease.found, lease.checkpoint.budgetAt, checksPerMinute);
  const gate = createRequestGate(budget, () => time.now() < startedAt + START_UNTIL);
  if (isPaused) gate.close();
  return {
    gate,
    pauses: createPauses(context, gate, lease),
    session: createTokenSession(tokens, signal),
  };
}

/** The access token as one sweep uses it: renewed once at most, however many checks are refused. */
export interface TokenSession {
  /**
   * The token to ask with. Throws as `AccessTokens` does.
   *
   * @param signal ends the wait for it, for this caller alone; the sweep's by default
   */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * The token to ask with once more after this one was refused; undefined when it is the renewed
   * one that was refused. Throws as `AccessTokens` does.
   */
  renewedAfter(refused: string): Promise<string | undefined>;
}

/**
 * A session over the tokens for one sweep.
 *
 * @param signal the sweep's: one check that gives up must not take the others' renewal with it
 */
export function createTokenSession(tokens: AccessTokens, signal: AbortSignal): TokenSession {
  let renewal: Promise<string> | undefined;
  return {
    token: (caller = signal) => renewal ?? tokens.current(caller),
    async renewedAfter(refused) {
      renewal ??= tokens.renew(signal);
      const renewed = await renewal;
      return renewed === refused ? undefined : renewed;
    },
  };
}
