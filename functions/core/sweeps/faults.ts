import type { CheckError } from '../jobs/observation.ts';
import type { Api } from '../kinds/kind.ts';
import { omit } from '../objects.ts';
import { HOUR, isAhead, MINUTE } from '../time.ts';

/** How the previously seen jobs answered. Counts of jobs. */
export interface AnswerCounts {
  /** Answered 200. */
  readonly alive: number;
  /** Answered 404 or 403. */
  readonly missing: number;
}

/** How they answered, API by API: what one says proves nothing about another. Absent: no answers. */
export type ApiAnswers = Readonly<Partial<Record<Api, AnswerCounts>>>;

/** How the jobs of one API answered. */
export function answersOf(answers: ApiAnswers, api: Api): AnswerCounts {
  return answers[api] ?? { alive: 0, missing: 0 };
}

/** Answers with others added, or taken away (`sign`: -1). */
export function addAnswers(answers: ApiAnswers, others: ApiAnswers, sign: 1 | -1 = 1): ApiAnswers {
  const sum = { ...answers };
  for (const api of Object.keys(others) as Api[]) {
    const [one, other] = [answersOf(answers, api), answersOf(others, api)];
    sum[api] = {
      alive: one.alive + sign * other.alive,
      missing: one.missing + sign * other.missing,
    };
  }
  return sum;
}

/** Who answers: an API about its runs, or with its lists of runs, or the token endpoint. */
export type Answerer = Api | `${Api} lists` | 'tokens';

/** For how long somebody has given no answer of use. Times are ms since the epoch. */
interface Failing {
  /** The first request that failed since any answer (200, 202, 401, 403, 404, 429). */
  readonly since: number;
  /** The last that did. */
  readonly at: number;
}

/** When upstream last spoke to us. Times are ms since the epoch. */
export interface Contact {
  /** When a run of an API last answered 200. */
  readonly answeredAt?: Readonly<Partial<Record<Api, number>>>;
  /** Who gives no answer that is of use. Absent: nobody. */
  readonly failing?: Readonly<Partial<Record<Answerer, Failing>>>;
  /** When there last was an access token to ask with. */
  readonly tokenAt?: number;
}

/**
 * Whether the limit that a run, or a list, of an API has met is its alone: it met one last time, too, and
 * since then a run of that API was answered.
 */
export function isLimitedAlone(
  { limitedAt }: { readonly limitedAt?: number },
  api: Api,
  { answeredAt }: Contact,
): boolean {
  return limitedAt !== undefined && (answeredAt?.[api] ?? 0) > limitedAt;
}

/** For how long (ms) there has to be no answer at all before somebody is told. */
const OUTAGE_TOLD_AFTER = 5 * MINUTE;
/** How often (ms) the credentials are tried while nothing else needs a token. */
const CREDENTIALS_TRIED_EVERY = HOUR;

/** The contact once somebody has given no answer of use (`now`: ms since the epoch). */
export function withFailure(contact: Contact, whose: Answerer, now: number): Contact {
  const { failing = {} } = contact;
  // Without a token nobody can be asked: what fails after that goes on with it.
  const { since } = failing[whose] ?? failing.tokens ?? { since: now };
  // By a clock that was set back since, it would be told of hours late.
  const began = Math.min(since, now);
  return { ...contact, failing: { ...failing, [whose]: { since: began, at: now } } };
}

/** The contact once they have answered: with a token, too. */
export function withAnswer(contact: Contact, ...whose: readonly Answerer[]): Contact {
  if (!contact.failing) return contact;
  return { ...contact, failing: omit(contact.failing, 'tokens', ...whose) };
}

/** How far (ms) clocks may differ: what is further ahead is of one that was set back since. */
const CLOCKS_DIFFER = 5 * MINUTE;

/**
 * The contact as it can be by now (ms since the epoch): by a clock that was set back since, an outage would last that
 * nobody meets with any more, and a limit for all would seem to be of one run alone.
 */
export function contactBy({ answeredAt, failing, ...rest }: Contact, now: number): Contact {
  const canBe = (at: number) => at <= now + CLOCKS_DIFFER;
  const heard = Object.entries(answeredAt ?? {}).filter(([, at]) => canBe(at));
  const silent = Object.entries(failing ?? {}).map(([whose, { since, at }]) => {
    return [whose, { since: Math.min(since, now), at: canBe(at) ? at : now }] as const;
  });
  return {
    ...rest,
    ...(answeredAt && { answeredAt: Object.fromEntries(heard) }),
    ...(failing && { failing: Object.fromEntries(silent) }),
  };
}

/**
 * The contact without those whom nobody has asked: none of their runs is pending any more.
 *
 * @param from since when all were asked whose runs are pending (ms since the epoch)
 */
export function withoutUnasked(contact: Contact, from: number): Contact {
  const all = Object.entries(contact.failing ?? {});
  const failing = all.filter(([, { at }]) => at >= from);
  return failing.length === all.length
    ? contact
    : { ...contact, failing: Object.fromEntries(failing) };
}

/** Since when somebody has been giving no answer of use, the first of them. */
export function failingSince({ failing = {} }: Contact): number | undefined {
  const all = Object.values(failing).map(({ since }) => since);
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** Since when somebody of upstream has been giving no answer of use, once that is long enough to be told. */
export function outageSince(contact: Contact | undefined, now: number): number | undefined {
  const since = contact && failingSince(contact);
  return since !== undefined && now - since >= OUTAGE_TOLD_AFTER ? since : undefined;
}

/** Whether to see if there is a token, even if nothing is pending: wrong credentials are told early. */
export function isTokenDue(contact: Contact | undefined, now: number): boolean {
  const { tokenAt } = contact ?? {};
  const dueAt = tokenAt === undefined ? tokenAt : tokenAt + CREDENTIALS_TRIED_EVERY;
  return !isAhead(dueAt, now, CREDENTIALS_TRIED_EVERY);
}

/** How our tokens fared in one sweep. Counts of jobs. */
export interface TokenAnswers {
  /** Got an answer of any kind, refusals included. */
  readonly checked: number;
  /** Were refused with the renewed token. */
  readonly refused: number;
  /** Whether a token of ours got a 200, the renewed one or the one before. */
  readonly isAccepted: boolean;
}

/** This many previously seen jobs missing in a row are an upstream fault. */
export const MISSING_IN_A_ROW = 10;
/** This many different jobs met with 5xx, silence or a broken connection, and none with an answer. */
export const JOBS_IN_AN_OUTAGE = 10;
/** This many different jobs refused with a token that nothing accepts: the credentials are at fault. */
const REFUSED_JOBS = 3;

/**
 * What the missing answers of a sweep are worth.
 *
 * - `Believe`: each counts for its job: another run answered, or there is only one to ask about.
 * - `UpstreamFault`: all are missing at once, which says nothing about any of them.
 * - `Inconclusive`: one run, asked about alone in this sweep, and no other yet in this pass.
 *
 * @param sweep what this sweep found
 * @param pass what the sweeps before it found in the same pass
 * @param isTelling whether one run alone tells something: the pass is complete with it and has
 * skipped nobody, or others answered in the pass before
 */
export function weighMissing(
  sweep: AnswerCounts,
  pass: AnswerCounts,
  isTelling: boolean,
): 'Believe' | 'UpstreamFault' | 'Inconclusive' {
  if (sweep.alive > 0) return 'Believe';
  if (sweep.missing >= 2) return 'UpstreamFault';
  if (pass.alive > 0 || sweep.missing === 0) return 'Believe';
  if (pass.missing > 0) return 'UpstreamFault';
  return isTelling ? 'Believe' : 'Inconclusive';
}

/**
 * Whether refusals are the credentials' fault: no job was answered, and three different jobs
 * were refused, or, once all checks are made, all there were.
 */
export function areCredentialsAtFault(token: TokenAnswers, areAllChecked: boolean): boolean {
  if (token.isAccepted || token.refused === 0) return false;
  return token.refused >= REFUSED_JOBS || (areAllChecked && token.refused === token.checked);
}

/** Whether a check got no answer, or one that tells nothing: of its run, or of why there is no more to tell. */
export function isOfNoUse(error: CheckError): boolean {
  const { name } = error;
  return isUnanswered(error) || name === 'UnexpectedStatus' || name === 'UnexpectedResponse';
}

/** Whether a check got no answer: what many of at once make an outage. */
export function isUnanswered(error: CheckError): boolean {
  return (
    error.name === 'ServerError' || error.name === 'Timeout' || error.name === 'ConnectionFailed'
  );
}
