import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../../functions/api/routes/job-list.ts';

const month = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 7));

describe('a cursor', () => {
  it('comes back as the position it was made of', () => {
    const position = fc.oneof(
      fc.record({ month }),
      fc.record({ month, after: fc.tuple(month, fc.uuid()).map(([at, id]) => `${at}#${id}`) }),
    );
    fc.assert(
      fc.property(position, (given) => {
        expect(decodeCursor(encodeCursor(given))).toEqual(given);
      }),
    );
  });

  it('can stand in a URL as it is', () => {
    const after = '2026-02-10T12:00:00.000Z#0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';
    expect(encodeCursor({ month: '2026-02', after })).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('is nothing else: other texts never pass for one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(decodeCursor(text)).toBeUndefined();
      }),
    );
    for (const content of ['', '2026-13', '2026-02 ', '2026-02\n', '{"month":1}']) {
      expect(decodeCursor(Buffer.from(content).toString('base64url'))).toBeUndefined();
    }
  });
});
