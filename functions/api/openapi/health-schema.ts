import * as z from 'zod/mini';

const listenersSchema = z.object({
  checkedAt: z.iso.datetime(),
  confirmed: z.int(),
  pending: z.int().check(z.describe('Receivers who have not confirmed.')),
  unconfirmed: z.int().check(z.describe('Of these, how many have not for a day.')),
  vanished: z.int().check(z.describe('Receivers who are on record and not at the topic any more.')),
});

const time = () => z.nullable(z.iso.datetime());

/** How the monitor is doing, as callers get to see it. */
export const healthSchema = z
  .object({
    status: z
      .enum(['Ok', 'Degraded', 'Failing'])
      .check(
        z.describe(
          "Failing: somebody has to act. Degraded: jobs are checked late, by upstream's wish or for their number.",
        ),
      ),
    lastSweepAt: time(),
    lastPassCompletedAt: time(),
    lagSeconds: z
      .nullable(z.int())
      .check(z.describe('Every pending job was checked or registered within so many seconds.')),
    pause: z.nullable(
      z.object({
        reason: z.enum(['RateLimited', 'CredentialsRefused', 'UpstreamDown', 'UpstreamFault']),
        until: z.iso.datetime(),
      }),
    ),
    pending: z.int().check(z.describe('Jobs that the last completed pass came by.')),
    pendingIsPartial: z
      .boolean()
      .check(z.describe('Whether no pass was completed yet, so that there may be more.')),
    listeners: z
      .nullable(listenersSchema)
      .check(
        z.describe('Who gets alerts, as of the last look at the topic; null before the first.'),
      ),
  })
  .check(z.meta({ id: 'Health', description: 'How the monitor is doing.' }));

/** What callers get to see of the monitor's health. */
export type HealthView = z.output<typeof healthSchema>;
