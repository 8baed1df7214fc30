import * as z from 'zod/mini';
import { described } from './common.ts';
import { troubleSchema } from './imodels.ts';

const timeOrNull = () => z.nullable(z.iso.datetime());

const cause = {
  title: described(z.string(), 'The cause in a few words.'),
  meaning: described(z.string(), 'What that means, in a sentence.'),
  action: described(z.string(), 'What to do.'),
};

const pause = z.object({
  reason: z.enum(['RateLimited', 'CredentialsRefused', 'UpstreamDown', 'UpstreamFault']),
  until: z.iso.datetime(),
  cause: described(
    z.string(),
    'What the reason comes of, such as `TokenExpired`, `ClientUnknown` or `QuotaUsedUp`; else the reason.',
  ),
  ...cause,
});

const outage = z.object({ since: z.iso.datetime(), ...cause });

const ownTrouble = z.object({
  name: z.enum(['AlertsFailing', 'SweepErrors', 'ChecksLate']),
  since: z.iso.datetime(),
  ...cause,
});

const listeners = z.object({
  checkedAt: z.iso.datetime(),
  confirmed: described(z.int(), 'Receivers who get alerts.'),
  pending: described(z.int(), 'Receivers who have not confirmed.'),
  unconfirmed: described(z.int(), 'Of these, how many have not for a day.'),
  vanished: described(
    z.int(),
    'Receivers who should get alerts and are not at the topic any more.',
  ),
  operators: described(
    z.nullable(z.int()),
    'Receivers who get the notices to the operator; null before the first look.',
  ),
});

const iModels = z.object({
  watched: described(z.int(), 'How many iModels are watched.'),
  troubled: described(z.int(), 'Of these, of how many the runs cannot be found.'),
  troubles: described(
    z.array(z.extend(troubleSchema, { iModelId: z.guid(), label: z.nullable(z.string()) })),
    'Those, the oldest trouble first: ten at most.',
  ),
});

const mail = z.object({
  status: z.enum(['Up', 'Down']),
  downSince: timeOrNull(),
  lastError: z.nullable(z.string()),
  owed: described(z.int(), 'Mails that the server has not taken yet.'),
});

/** How the monitor is doing, as callers get to see it. */
export const healthSchema = z
  .object({
    status: described(
      z.enum(['Ok', 'Degraded', 'Failing']),
      'Failing: somebody has to act. Degraded: jobs are checked late, a receiver is lost, nobody gets notices, the runs of a watched iModel cannot be listed, or sweeps meet errors.',
    ),
    lastSweepAt: timeOrNull(),
    lastPassCompletedAt: timeOrNull(),
    lagSeconds: described(
      z.nullable(z.int()),
      'Every pending job was checked or registered within so many seconds.',
    ),
    pause: described(z.nullable(pause), 'Why nothing is asked of upstream, and until when.'),
    outage: described(
      z.nullable(outage),
      'Since when an API of upstream has given no answer, or none of use, after 5 minutes of that.',
    ),
    troubles: described(
      z.array(ownTrouble),
      'What is wrong with the monitor itself, and has lasted until the operator is told.',
    ),
    pending: described(z.int(), 'Jobs that the last completed pass came by.'),
    pendingIsPartial: described(
      z.boolean(),
      'Whether no pass was completed yet, so that there may be more.',
    ),
    listeners: described(
      z.nullable(listeners),
      'Who gets alerts, as of the last look at the topic; null before the first.',
    ),
    iModels,
    mail: described(z.optional(mail), 'The mail server; of a local run that has one.'),
  })
  .check(z.meta({ id: 'Health', description: 'How the monitor is doing.' }));

/** What callers get to see of the monitor's health. */
export type HealthView = z.output<typeof healthSchema>;
