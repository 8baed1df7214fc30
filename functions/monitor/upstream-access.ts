import { budgetAt } from '../core/checkpoint.ts';
import { SECOND } from '../core/durations.ts';
import type { Lease } from './lease.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { createRequestGate, type RequestGate } from './request-gate.ts';
import type { SweepContext, SweepSettings } from './sweep-context.ts';
import { createTokenSession, type TokenSession } from './token-session.ts';

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
