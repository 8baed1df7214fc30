import { type Listeners, lostListeners } from '../alerts/listeners.ts';
import { HOUR, MINUTE } from '../time.ts';
import { type Cause, knownCause } from './causes.ts';
import { type Contact, failingSince } from './faults.ts';
import type { Pause } from './pause.ts';

/** For how long (ms) each trouble has to last before the next sweep, up to a minute later, tells the operator. */
const TOLD_AFTER = {
  CredentialsRefused: 4 * MINUTE,
  UpstreamDown: 4 * MINUTE,
  UpstreamFault: 15 * MINUTE,
  // Upstream may ask for a pause of up to an hour, and a busy neighbour is gone sooner than that.
  RateLimited: 30 * MINUTE,
  AlertsFailing: 10 * MINUTE,
  // Whoever has just deployed the monitor is given time to open the mail that asks to confirm.
  NobodyListening: 30 * MINUTE,
  ListenersLost: 5 * MINUTE,
  IModelsUnread: 15 * MINUTE,
  ChecksLate: 15 * MINUTE,
  SweepErrors: 15 * MINUTE,
} as const satisfies Partial<Record<Cause, number>>;

/** What the operator can be told of, each at most once at a time. */
export type TroubleName = keyof typeof TOLD_AFTER;

/** The names of all troubles. */
export const TROUBLE_NAMES = Object.keys(TOLD_AFTER) as readonly TroubleName[];

/** For how long (ms) sweeps must not meet with a trouble before it is over: it may come and go. */
const OVER_AFTER = 5 * MINUTE;
/** The same of what a sweep meets with only where its pass comes by. */
const OVER_AFTER_PASSES = 2 * HOUR;

/** What only checks meet with: one that was told goes on while requests are paused, since nobody can see its end. */
const MET_BY_CHECKS: ReadonlySet<TroubleName> = new Set([
  'UpstreamFault',
  'IModelsUnread',
  'ChecksLate',
]);

/** Something that is wrong. Times are ms since the epoch. */
export interface Trouble {
  readonly since: number;
  /** When a sweep last met with it. */
  readonly seenAt: number;
  /** What it comes of, as far as the last sweep could tell. */
  readonly cause: Cause;
  /** Whether the operator was told that it began. */
  readonly isTold?: boolean;
}

/** What is wrong, by name. */
export type Troubles = Readonly<Partial<Record<TroubleName, Trouble>>>;

/** What the operator is to be told: that a trouble began, or that it is over. */
export interface Notice extends Trouble {
  /** Never used for anything else: a trouble has another time of its beginning each time it comes. */
  readonly id: string;
  readonly name: TroubleName;
  readonly phase: 'Began' | 'Over';
  /** Jobs that the last completed pass came by: whom it may affect. */
  readonly pending: number;
}

/** What of the checkpoint says what is owed. */
interface Found {
  readonly troubles?: Troubles;
  readonly lastSweepAt?: number;
  readonly lastPassPending?: number;
  readonly pendingSeen: number;
}

/**
 * What is to be told by the record alone, which a sweep may have left long ago: only what the lease
 * found there is ever told, so that a sweep that dies tells the same again, under the same id. Nobody
 * hears of a trouble that was over before its time.
 */
export function owedNotices(found: Found): readonly Notice[] {
  const { troubles = {}, lastSweepAt = 0, lastPassPending, pendingSeen } = found;
  return namesIn(troubles).flatMap((name) => {
    const trouble = troubles[name];
    const phase = trouble && phaseOwed(name, trouble, lastSweepAt);
    if (!phase) return [];
    const id = `${name}/${trouble.since}/${phase.toLowerCase()}`;
    const cause = knownCause(trouble.cause, name);
    return [{ ...trouble, cause, id, name, phase, pending: lastPassPending ?? pendingSeen }];
  });
}

function phaseOwed(
  name: TroubleName,
  trouble: Trouble,
  lastSweepAt: number,
): Notice['phase'] | undefined {
  if (!trouble.isTold) return hasLasted(name, trouble) ? 'Began' : undefined;
  return isOver(name, trouble.seenAt, lastSweepAt) ? 'Over' : undefined;
}

function hasLasted(name: TroubleName, { since, seenAt }: Trouble): boolean {
  return seenAt - since >= TOLD_AFTER[name];
}

function isOver(name: TroubleName, seenAt: number, now: number): boolean {
  return now - seenAt >= overAfter(name);
}

/** For how long (ms) no sweep has met with a trouble once its end is told. */
export function overAfter(name: TroubleName): number {
  return name === 'IModelsUnread' ? OVER_AFTER_PASSES : OVER_AFTER;
}

/**
 * What is wrong with the monitor itself, and shows nowhere else in the checkpoint: of that which has
 * lasted for its time and is not over.
 */
export function ownTroubles(
  troubles: Troubles = {},
  lastSweepAt = 0,
): readonly (Trouble & { readonly name: OwnTrouble })[] {
  return lastingTroubles(OWN, troubles, lastSweepAt);
}

/** Those of these names that have lasted for their time and are not over. */
export function lastingTroubles<N extends TroubleName>(
  names: readonly N[],
  troubles: Troubles,
  lastSweepAt: number,
): readonly (Trouble & { readonly name: N })[] {
  return names.flatMap((name) => {
    const trouble: Trouble | undefined = troubles[name];
    const isLasting = trouble && (trouble.isTold || hasLasted(name, trouble));
    if (!isLasting || isOver(name, trouble.seenAt, lastSweepAt)) return [];
    return [{ ...trouble, name, cause: knownCause(trouble.cause, name) }];
  });
}

const OWN = ['AlertsFailing', 'SweepErrors', 'ChecksLate'] as const satisfies TroubleName[];

/** Its names. */
export type OwnTrouble = (typeof OWN)[number];

/** The troubles on record once a notice was accepted. */
export function withTold(troubles: Troubles, { name, phase }: Notice): Troubles {
  const { [name]: trouble, ...others } = troubles;
  return trouble && phase === 'Began'
    ? { ...others, [name]: { ...trouble, isTold: true } }
    : others;
}

/** What a sweep met with, and what it left in the checkpoint. */
export interface Met {
  readonly pause?: Pause;
  readonly contact?: Contact;
  readonly listeners?: Listeners;
  /** How late checks are (see `lateness`); absent when that is not known. */
  readonly lateness?: number;
  /** How old (ms) the oldest alert is that could not be published; 0: none. */
  readonly oldestOwed: number;
  /** Errors of our own side. */
  readonly errors: number;
  /** Watched iModels whose lists are in trouble, of those that the sweep came by. */
  readonly iModelsInTrouble: number;
}

/** From here on checks are late: while all is well, they stay below. */
const LATE = 2;

/**
 * The troubles as a sweep leaves them.
 *
 * @param known the troubles on record, those told by this sweep included
 * @param now ms since the epoch
 * @param owed what the sweep found owed (see `owedNotices`), whether or not it could be told
 */
export function troublesAfter(
  known: Troubles,
  met: Met,
  now: number,
  owed: readonly Notice[] = [],
): Troubles {
  const seen = troublesSeen(met, now);
  const names = namesIn({ ...known, ...seen });
  const next = names.map((name) => {
    const trouble = known[name];
    // Had it been told for certain, it would not be here. Who heard that it is over must hear of it anew.
    const isOverPerhapsTold = owed.some((one) => one.name === name && one.phase === 'Over');
    const before = isOverPerhapsTold && seen[name] ? undefined : trouble;
    const isUnseen = met.pause && MET_BY_CHECKS.has(name) && trouble?.isTold && !isOverPerhapsTold;
    return [
      name,
      merged(name, before, seen[name] ?? (isUnseen ? trouble : undefined), now),
    ] as const;
  });
  return Object.fromEntries(next.filter(([, trouble]) => trouble !== undefined));
}

/** What a sweep tells of a trouble that it met with. */
interface Sighting {
  readonly cause: Cause;
  /** Since when it lasts, where that is on record elsewhere: no answer came in between. */
  readonly since?: number;
}

function merged(
  name: TroubleName,
  known: Trouble | undefined,
  seen: Sighting | undefined,
  now: number,
): Trouble | undefined {
  // Owed until the topic has said that it took it, and then until its end is told: the topic may have
  // taken it all the same, and another beginning would be another notice.
  if (known && (known.isTold || hasLasted(name, known))) {
    if (seen) return { ...known, seenAt: now, cause: seen.cause };
    // By a clock that was set back since, its end would be told hours late.
    return known.isTold ? { ...known, seenAt: Math.min(now, known.seenAt) } : known;
  }
  const goesOn = known && !isOver(name, known.seenAt, now) ? known : undefined;
  if (!seen) return goesOn;
  // By a clock that was set back since, it would be told hours late.
  const since = Math.min(now, seen.since ?? goesOn?.since ?? now);
  return { since, seenAt: now, cause: seen.cause };
}

function troublesSeen(met: Met, now: number): Partial<Record<TroubleName, Sighting>> {
  const { pause, contact, listeners, lateness = 0, oldestOwed, errors } = met;
  const from = (cause: Cause, since?: number): Sighting => ({
    cause,
    ...(since !== undefined && { since }),
  });
  const downSince = contact && failingSince(contact);
  const pausedSince = pause?.reason === 'UpstreamDown' ? downSince : undefined;
  return {
    ...(downSince !== undefined && { UpstreamDown: from('UpstreamDown', downSince) }),
    ...(pause && { [pause.reason]: from(pause.cause ?? pause.reason, pausedSince) }),
    ...(oldestOwed > 0 && { AlertsFailing: from('AlertsFailing', now - oldestOwed) }),
    ...(listeners?.confirmed === 0 && { NobodyListening: from('NobodyListening') }),
    ...(listeners && lostListeners(listeners) > 0 && { ListenersLost: from('ListenersLost') }),
    ...(met.iModelsInTrouble > 0 && { IModelsUnread: from('IModelsUnread') }),
    ...(lateness > LATE && { ChecksLate: from('ChecksLate') }),
    ...(errors > 0 && { SweepErrors: from('SweepErrors') }),
  };
}

/** A later version may have left others, and be rolled back to this one, which has no words for them. */
function namesIn(troubles: Partial<Record<TroubleName, unknown>>): readonly TroubleName[] {
  return TROUBLE_NAMES.filter((name) => troubles[name] !== undefined);
}
