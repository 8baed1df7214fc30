import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../../../../functions/core/kinds/run-body.ts';

const TIME = Date.UTC(2026, 1, 10, 2, 32, 0, 123);

describe('a time of upstream', () => {
  it.each([
    '2026-02-10T02:32:00.1234567Z',
    '2026-02-10T02:32:00.123Z',
    '2026-02-10t02:32:00.123z',
    '2026-02-10 02:32:00.123Z',
    '2026-02-10T04:32:00.123+02:00',
    '2026-02-09T21:32:00.1239-0500',
  ])('is read: %s', (text) => {
    expect(timeOf(text)).toBe(TIME);
  });

  it('needs no part of a second', () => {
    expect(timeOf('2026-02-10T02:32:00Z')).toBe(TIME - 123);
    expect(timeOf('2026-02-10T02:32:00')).toBe(TIME - 123);
  });

  it.each([
    ['nothing at all', '0001-01-01T00:00:00Z'],
    ['more than a date can tell', '+275760-09-13T00:00:00.000Z'],
    ['a day', '2026-02-10'],
    ['no month', '2026-13-10T02:32:00Z'],
    ['a number', 1_770_690_720],
    ['words', 'Run 7'],
    ['words before a time', 'at 2026-02-10T02:32:00Z'],
    ['words behind a time', '2026-02-10T02:32:00Z or so'],
    ['digits without an end', `2026-02-10T02:32:00.${'1'.repeat(2 ** 18)}!`],
  ])('that is %s is none', (_, value) => {
    expect(timeOf(value)).toBeUndefined();
  });

  it('without an offset is UTC, wherever the monitor runs', async () => {
    const module = new URL('../../../../functions/core/kinds/run-body.ts', import.meta.url);
    const script = `console.log((await import('${module}')).timeOf('2026-02-10T02:32:00.123'))`;
    const env = { ...process.env, TZ: 'Asia/Tokyo' };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    expect(Number(stdout)).toBe(TIME);
  });
});
