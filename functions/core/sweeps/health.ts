import { type Listeners, lostListeners } from '../alerts/listeners.ts';
import { type ListTrouble, troubleAt, type WatchedIModel } from '../imodels/imodel.ts';
import { MINUTE } from '../time.ts';
import type { Checkpoint } from './checkpoint.ts';
import { outageSince } from './faults.ts';
import { completedPasses } from './pass.ts';
import type { Pause } from './pause.ts';
import { type OwnTrouble, ownTroubles, type Trouble } from './troubles.ts';

/** For how long (ms) no sweep may be completed before that is a failure. */
const MAX_SILENCE = 5 * MINUTE;
/** How old (ms) the checks of pending jobs may be before that is worth telling. */
const MAX_LAG = 15 * MINUTE;

/** How the monitor is doing. Times are ms since the epoch. */
export interface Health {
  /**
   * - `Failing`: somebody has to act: no sweep is completed, the credentials are refused, alerts cannot
   *   be published, or nobody gets them.
   * - `Degraded`: jobs are checked late: upstream calls for a pause, or more jobs are pending than
   *   the budget reaches in time; or somebody should get alerts and does not, or nobody gets notices; or
   *   the runs of a watched iModel cannot be listed. One that has shown no run so far may have none. Or
   *   sweeps meet errors of our own.
   */
  readonly status: 'Ok' | 'Degraded' | 'Failing';
  readonly lastSweepAt?: number;
  readonly lastPassCompletedAt?: number;
  /** Every pending job was checked or registered within so many ms; absent before the first pass. */
  readonly lag?: number;
  /** The pause in force. */
  readonly pause?: Pause;
  /** Since when an API of upstream has given no answer, or none of use, once that is long enough to be told. */
  readonly outageSince?: number;
  /** What is wrong with the monitor itself. */
  readonly troubles: readonly (Trouble & { readonly name: OwnTrouble })[];
  /** Jobs that the last completed pass came by; before there is one, those seen so far. */
  readonly pending: number;
  readonly pendingIsPartial: boolean;
  /** Who gets alerts; absent before the first look. */
  readonly listeners?: Listeners;
  /** How many iModels are watched. */
  readonly watchedIModels: number;
  /** Those whose runs cannot be found, and why, the oldest trouble first. */
  readonly troubledIModels: readonly (WatchedIModel & { readonly trouble: ListTrouble })[];
}

/** How the monitor is doing, as far as its checkpoint and the watched iModels tell. Pure. */
export function health(
  checkpoint: Checkpoint | undefined,
  now: number,
  iModels: readonly WatchedIModel[] = [],
): Health {
  const troubledIModels = troubled(iModels, now);
  const { lastSweepAt, lastPassCompletedAt, lastPassPending, listeners } = checkpoint ?? {};
  const pause = checkpoint && pauseInForce(checkpoint);
  const lag = checkpoint && lagOf(checkpoint, now);
  const isSilent = lastSweepAt === undefined || now - lastSweepAt >= MAX_SILENCE;
  const isNobodyTold = listeners?.confirmed === 0;
  const troubles = ownTroubles(checkpoint?.troubles, lastSweepAt);
  const isUntold = isNobodyTold || troubles.some(({ name }) => name === 'AlertsFailing');
  const isFailing = isSilent || isUntold || pause?.reason === 'CredentialsRefused';
  const outage = outageSince(checkpoint?.contact, lastSweepAt ?? now);
  const isLate = pause !== undefined || outage !== undefined || (lag ?? 0) > MAX_LAG;
  const isUnreadable = troubledIModels.some(({ trouble }) => trouble.cause !== 'NoRuns');
  const isUnheard =
    listeners !== undefined && (lostListeners(listeners) > 0 || listeners.operators === 0);
  const isDegraded = isLate || isUnheard || isUnreadable || troubles.length > 0;
  return {
    status: isFailing ? 'Failing' : isDegraded ? 'Degraded' : 'Ok',
    ...(lastSweepAt !== undefined && { lastSweepAt }),
    ...(lastPassCompletedAt !== undefined && { lastPassCompletedAt }),
    ...(lag !== undefined && { lag }),
    ...(pause && { pause }),
    ...(outage !== undefined && { outageSince: outage }),
    troubles,
    pending: lastPassPending ?? checkpoint?.pendingSeen ?? 0,
    pendingIsPartial: lastPassPending === undefined,
    ...(listeners && { listeners }),
    watchedIModels: iModels.length,
    troubledIModels,
  };
}

function troubled(iModels: readonly WatchedIModel[], now: number): Health['troubledIModels'] {
  return iModels
    .flatMap((iModel) => {
      const trouble = troubleAt(iModel, now);
      return trouble ? [{ ...iModel, trouble }] : [];
    })
    .toSorted((one, other) => one.trouble.since - other.trouble.since);
}

/** A pause is over once a sweep was completed past it, so between the two nothing looks well. */
function pauseInForce({ pause, lastSweepAt }: Checkpoint): Pause | undefined {
  return pause !== undefined && pause.until > (lastSweepAt ?? 0) ? pause : undefined;
}

/** The completed passes have checked every job between them, since the first of them began. */
function lagOf(checkpoint: Checkpoint, now: number): number | undefined {
  return timeSince(completedPasses(checkpoint).at(-1) ?? checkpoint.passStartedAt, now);
}

function timeSince(at: number | undefined, now: number): number | undefined {
  return at === undefined ? undefined : Math.max(0, now - at);
}
