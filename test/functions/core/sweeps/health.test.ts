import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Listeners } from '../../../../functions/core/alerts/listeners.ts';
import { TROUBLES, type WatchedIModel } from '../../../../functions/core/imodels/imodel.ts';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { health } from '../../../../functions/core/sweeps/health.ts';
import { lateness } from '../../../../functions/core/sweeps/pass.ts';
import type { PauseReason } from '../../../../functions/core/sweeps/pause.ts';
import type { TroubleName } from '../../../../functions/core/sweeps/troubles.ts';
import { DAY, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { WATCHED } from '../imodels/watched.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
/** A monitor that has just completed a pass over 7 jobs. */
const WELL: Checkpoint = {
  ...firstCheckpoint(NOW, 60),
  lastSweepAt: NOW - 20 * SECOND,
  lastPassStartedAt: NOW - 30 * SECOND,
  lastPassCompletedAt: NOW - 20 * SECOND,
  lastPassPending: 7,
};

const NO_IMODELS = { watchedIModels: 0, troubledIModels: [] };

function pausedFor(reason: PauseReason): Checkpoint {
  return { ...WELL, pause: { reason, until: NOW + MINUTE } };
}

describe('health', () => {
  it('is ok while passes are completed in time', () => {
    expect(health(WELL, NOW)).toEqual({
      status: 'Ok',
      lastSweepAt: NOW - 20 * SECOND,
      lastPassCompletedAt: NOW - 20 * SECOND,
      lag: 30 * SECOND,
      pending: 7,
      pendingIsPartial: false,
      troubles: [],
      ...NO_IMODELS,
    });
  });

  it('fails where nothing was ever swept', () => {
    const nothing = {
      status: 'Failing',
      pending: 0,
      pendingIsPartial: true,
      troubles: [],
      ...NO_IMODELS,
    };
    expect(health(undefined, NOW)).toStrictEqual(nothing);
    expect(health(firstCheckpoint(NOW, 60), NOW)).toStrictEqual(nothing);
  });

  it('fails when no sweep was completed for 5 minutes', () => {
    const silentFor = (ms: number) => health({ ...WELL, lastSweepAt: NOW - ms }, NOW).status;
    expect(silentFor(5 * MINUTE - 1)).toBe('Ok');
    expect(silentFor(5 * MINUTE)).toBe('Failing');
  });

  it('fails when the credentials are refused', () => {
    expect(health(pausedFor('CredentialsRefused'), NOW).status).toBe('Failing');
  });

  describe('as for what is wrong with the monitor itself', () => {
    const withTrouble = (name: TroubleName, minutes: number, seenAgo = 0) => {
      const seenAt = NOW - seenAgo * MINUTE;
      const trouble = { since: seenAt - minutes * MINUTE, seenAt, cause: name };
      return health({ ...WELL, lastSweepAt: NOW, troubles: { [name]: trouble } }, NOW);
    };

    it.each([
      ['AlertsFailing', 10, 'Failing'],
      ['SweepErrors', 15, 'Degraded'],
      ['ChecksLate', 15, 'Degraded'],
    ] as const)(
      '%s shows once it has lasted for %i min, until it is over',
      (name, minutes, status) => {
        expect(withTrouble(name, minutes - 1)).toMatchObject({ status: 'Ok', troubles: [] });
        const shown = { status, troubles: [{ name, since: NOW - minutes * MINUTE }] };
        expect(withTrouble(name, minutes)).toMatchObject(shown);
        expect(withTrouble(name, minutes, 4).status).toBe(status);
        expect(withTrouble(name, minutes, 5)).toMatchObject({ status: 'Ok', troubles: [] });
      },
    );

    it('what shows elsewhere is not told twice', () => {
      expect(withTrouble('RateLimited', 60).troubles).toEqual([]);
    });
  });

  describe('as for who gets alerts', () => {
    const told = { checkedAt: NOW - MINUTE, confirmed: 2, pending: 1, unconfirmed: 0, vanished: 0 };
    const healthWith = (facts: Partial<Listeners>) =>
      health({ ...WELL, listeners: { ...told, ...facts } }, NOW);

    it('is ok while somebody does, and those who have not confirmed have time', () => {
      expect(healthWith({})).toMatchObject({ status: 'Ok', listeners: told });
    });

    it('fails when nobody does', () => {
      expect(healthWith({ confirmed: 0 }).status).toBe('Failing');
    });

    it('tells when somebody should and does not', () => {
      expect(healthWith({ vanished: 1 }).status).toBe('Degraded');
      expect(healthWith({ unconfirmed: 1 }).status).toBe('Degraded');
    });

    it('tells when nobody gets the notices to the operator', () => {
      expect(healthWith({ operators: 0 }).status).toBe('Degraded');
      expect(healthWith({ operators: 1 }).status).toBe('Ok');
    });
  });

  describe('as for the iModels that are watched', () => {
    const well = { ...WATCHED, since: NOW - 2 * DAY, newestAt: NOW };
    const unreadSince = (since: number): WatchedIModel => {
      const trouble = { since, cause: 'AccessDenied', message: 'No role.' } as const;
      return { ...well, trouble };
    };

    it('tells of those whose runs cannot be listed, the oldest trouble first', () => {
      const [oldest, older] = [unreadSince(NOW - DAY), unreadSince(NOW - MINUTE)];
      const latest = unreadSince(NOW);
      expect(health(WELL, NOW, [latest, well, oldest, older])).toStrictEqual({
        ...health(WELL, NOW),
        status: 'Degraded',
        watchedIModels: 4,
        troubledIModels: [oldest, older, latest],
      });
    });

    it('is ok with one that has shown no run for a day, and says so', () => {
      const { newestAt, ...empty } = well;
      const { meaning } = TROUBLES.NoRuns;
      const trouble = { since: NOW - DAY, cause: 'NoRuns', message: meaning };
      expect(health(WELL, NOW, [empty])).toMatchObject({
        status: 'Ok',
        troubledIModels: [{ ...empty, trouble }],
      });
    });
  });

  it('tells of an outage that had lasted for 5 minutes by the last sweep', () => {
    const since = NOW - 5 * MINUTE;
    const silent = { ...WELL, contact: { failing: { carbon: { since, at: NOW - MINUTE } } } };
    expect(health(silent, NOW)).toStrictEqual(health(WELL, NOW));
    expect(health({ ...silent, lastSweepAt: NOW }, NOW)).toMatchObject({
      status: 'Degraded',
      outageSince: since,
    });
  });

  it('only tells of the pauses that pass by themselves', () => {
    for (const reason of ['RateLimited', 'UpstreamDown', 'UpstreamFault'] as const) {
      expect(health(pausedFor(reason), NOW)).toMatchObject({
        status: 'Degraded',
        pause: { reason, until: NOW + MINUTE },
      });
    }
  });

  it('looks upon a pause as over once a sweep was completed past it', () => {
    const paused = {
      ...WELL,
      pause: { reason: 'UpstreamDown', until: NOW - 30 * SECOND },
    } as const;
    expect(health(paused, NOW)).not.toHaveProperty('pause');
    expect(health({ ...paused, lastSweepAt: paused.pause.until }, NOW)).not.toHaveProperty('pause');
    expect(health({ ...paused, lastSweepAt: NOW - 40 * SECOND }, NOW)).toMatchObject({
      status: 'Degraded',
      pause: paused.pause,
    });
  });

  it('only tells of more jobs than the budget reaches', () => {
    const late = { ...WELL, lastPassStartedAt: NOW - 16 * MINUTE, passStartedAt: NOW - MINUTE };
    expect(health(late, NOW)).toMatchObject({ status: 'Degraded', lag: 16 * MINUTE });
  });

  it('is ok with checks that are 15 minutes old, and not with older ones', () => {
    const lagging = (lag: number) => health({ ...WELL, lastPassStartedAt: NOW - lag }, NOW).status;
    expect(lagging(15 * MINUTE)).toBe('Ok');
    expect(lagging(15 * MINUTE + 1)).toBe('Degraded');
  });

  it('takes all passes together that it takes to check every job, where each skips some', () => {
    const earlierPasses = [NOW - 3 * MINUTE, NOW - 20 * MINUTE];
    expect(health({ ...WELL, earlierPasses }, NOW)).toMatchObject({
      status: 'Degraded',
      lag: 20 * MINUTE,
    });
  });

  it('counts the jobs seen so far while the first pass is under way', () => {
    const first = {
      ...firstCheckpoint(NOW, 60),
      lastSweepAt: NOW,
      passStartedAt: NOW - MINUTE,
      pendingSeen: 60,
    };
    expect(health(first, NOW)).toEqual({
      status: 'Ok',
      lastSweepAt: NOW,
      lag: MINUTE,
      pending: 60,
      pendingIsPartial: true,
      troubles: [],
      ...NO_IMODELS,
    });
  });

  it('never gives a negative lag, should clocks differ', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10 * MINUTE, max: 10 * MINUTE }), (skew) => {
        expect(health(WELL, NOW + skew).lag).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('lateness', () => {
  const started = (at: number) => ({ ...firstCheckpoint(0, 60), lastPassStartedAt: at });

  it('is unknown before there was a pass', () => {
    expect(lateness(firstCheckpoint(0, 60), MINUTE, 60)).toBeUndefined();
  });

  it.each([10, 61, 600, 60_000])('stays below 2 while %i pending jobs are checked in turn', (n) => {
    const sweepsPerPass = Math.ceil(n / 60);
    const checkpoint = { ...started(0), lastPassPending: n };
    const justBeforeTheNextPassEnds = (2 * sweepsPerPass - 1) * MINUTE;
    expect(lateness(checkpoint, justBeforeTheNextPassEnds, 60)).toBeLessThan(2);
  });

  it('is that of the last pass alone, however long it is until every job had its turn', () => {
    const checkpoint = { ...started(9 * MINUTE), earlierPasses: [0], lastPassPending: 60 };
    expect(lateness(checkpoint, 10 * MINUTE, 60)).toBe(0.5);
  });

  it('tells when checks fall behind for another reason than their number', () => {
    expect(lateness({ ...started(0), lastPassPending: 60 }, 10 * MINUTE, 60)).toBe(5);
  });
});
