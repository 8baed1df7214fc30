import { alertWaitInvariants } from './alert-waits.ts';
import { alertInvariants } from './alerts.ts';
import { clockInvariants } from './clock.ts';
import { countInvariants } from './counts.ts';
import { digestInvariants } from './digests.ts';
import { endInvariants } from './ends.ts';
import { endOfTroubleInvariants } from './ends-of-troubles.ts';
import { failedCheckInvariants } from './failed-checks.ts';
import { followUpInvariants } from './follow-ups.ts';
import { foundRunInvariants } from './found-runs.ts';
import type { Invariant } from './invariant.ts';
import { listingInvariants } from './listings.ts';
import { missingRunInvariants } from './missing-runs.ts';
import { noticeInvariants } from './notices.ts';
import { passInvariants } from './passes.ts';
import { pauseInvariants } from './pauses.ts';
import { promiseInvariants } from './promises.ts';
import { recordInvariants } from './records.ts';
import { requestInvariants } from './requests.ts';
import { sweepInvariants } from './sweeps.ts';
import { usualLengthInvariants } from './usual-lengths.ts';
import { waitInvariants } from './waits.ts';
import { toldInvariants } from './what-is-told.ts';
import { wordInvariants } from './words.ts';

/** Everything that must hold whatever goes wrong. */
export const INVARIANTS: readonly Invariant[] = [
  ...recordInvariants,
  ...endInvariants,
  ...missingRunInvariants,
  ...foundRunInvariants,
  ...listingInvariants,
  ...alertInvariants,
  ...alertWaitInvariants,
  ...noticeInvariants,
  ...endOfTroubleInvariants,
  ...digestInvariants,
  ...requestInvariants,
  ...sweepInvariants,
  ...passInvariants,
  ...promiseInvariants,
  ...clockInvariants,
  ...waitInvariants,
  ...usualLengthInvariants,
  ...toldInvariants,
  ...wordInvariants,
  ...pauseInvariants,
  ...followUpInvariants,
  ...failedCheckInvariants,
  ...countInvariants,
];
