/**
 * What goes wrong by itself, at any await: the probability of each per call, tick or request. What
 * lasts for a while (an outage) is in `plan.ts`.
 */
export const FAULT_RATES = {
  'crash before a call': 0.0015,
  'crash after a call': 0.0015,
  'call refused': 0.01,
  'answer lost': 0.01,
  'write repeated': 0.005,
  'page cut short': 0.05,
  'slow call': 0.01,
  'process frozen': 0.0004,
  'alert refused': 0.03,
  'tick missing': 0.03,
  'tick doubled': 0.08,
  'message lost': 0.05,
  'message doubled': 0.05,
  'message late': 0.1,
  'process replaced': 0.05,
  'timeout comes late': 0.03,
  'upstream 401': 0.003,
  'upstream 403': 0.003,
  'upstream 404': 0.003,
  'upstream 429': 0.0015,
  'upstream 403 for the quota': 0.0007,
  'upstream 503 with retry-after': 0.003,
  'upstream 202': 0.003,
  'upstream 5xx': 0.015,
  'upstream hangs': 0.005,
  'upstream drops the connection': 0.008,
  'upstream talks nonsense': 0.008,
  'upstream redirects': 0.003,
  'token expires early': 0.05,
  'list empty': 0.01,
  'list cut short': 0.1,
  'list shuffled': 0.1,
  'list repeats a run': 0.1,
  'list shows older states': 0.1,
  'list goes on nowhere': 0.02,
} as const;

/** What goes wrong for a while. */
export const WINDOW_KINDS = [
  'upstream down',
  'upstream silent',
  'upstream limits requests',
  'call quota used up',
  'upstream busy',
  'upstream refuses tokens',
  'all runs missing',
  'all runs forbidden',
  'token endpoint down',
  'credentials refused',
  'tables down',
  'topic down',
  'lists missing',
  'lists forbidden',
  'lists empty',
  'lists down',
  'token endpoint silent',
  'lists limited',
] as const;

/** How single runs are sick for themselves, while upstream is well. */
export const SICKNESS_KINDS = [
  'run limited',
  'run over quota',
  'run hanging',
  'run 5xx',
  'run busy',
  'run 401',
  'run 202',
] as const;

/** What has no moment of its own but makes the world harder throughout. */
export const CONDITION_KINDS = [
  'clocks differ',
  'index lags',
  'little budget',
  'records expire',
] as const;

/** Something that goes wrong at a moment. */
export type FaultKind = keyof typeof FAULT_RATES;
/** Something that goes wrong for a while. */
export type WindowKind = (typeof WINDOW_KINDS)[number];
/** Whether in such a window no run of an API can be seen. */
export function isOfRuns(kind: WindowKind): boolean {
  return kind === 'all runs missing' || kind === 'all runs forbidden';
}
/** How a single run can be sick. */
export type SicknessKind = (typeof SICKNESS_KINDS)[number];
/** Anything that can go wrong. */
export type TroubleKind = FaultKind | WindowKind | SicknessKind | (typeof CONDITION_KINDS)[number];
