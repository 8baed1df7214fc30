import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REPORTING_EXTRACTION } from '../../functions/core/kinds/reporting-extraction.ts';
import { parseStatus } from '../../functions/core/kinds/run-body.ts';

const API = new URL('https://api.bentley.com');
const ENDS = ['Succeeded', 'PartiallySucceeded', 'Failed'];

/** Any value of JSON, or no such field. */
const anything = fc.option(fc.jsonValue(), { nil: undefined });

/** A word in any case. */
function inAnyCase(word: string): fc.Arbitrary<string> {
  const letters = [...word].map((letter) =>
    fc.constantFrom(letter.toLowerCase(), letter.toUpperCase()),
  );
  return fc.tuple(...letters).map((chosen) => chosen.join(''));
}

it('an end is found whatever stands beside the state, and in whatever case it is', () => {
  const end = fc
    .constantFrom(...ENDS)
    .chain((state) => fc.tuple(fc.constant(state), inAnyCase(state)));
  const link = fc.oneof(anything, fc.record({ href: anything }));
  const links = fc.oneof(anything, fc.record({ logs: link }));
  const others = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(
      end,
      anything,
      anything,
      links,
      others,
      (end, reason, containsIssues, _links, more) => {
        const [state, word] = end;
        const status = { ...more, reason, containsIssues, _links, state: word };
        const seen = parseStatus(REPORTING_EXTRACTION, JSON.stringify({ ...more, status }), API);
        expect(seen).toMatchObject({ kind: 'Status', state });
      },
    ),
    { numRuns: 2_000 },
  );
});

it('what is of another type is left out, and what is not is kept', () => {
  fc.assert(
    fc.property(anything, anything, (reason, containsIssues) => {
      const status = { state: 'Failed', reason, containsIssues };
      const seen = parseStatus(REPORTING_EXTRACTION, JSON.stringify({ status }), API);
      const isOdd = (value: unknown, type: string) =>
        value !== undefined && value !== null && typeof value !== type;
      const leftOut = [
        ...(isOdd(reason, 'string') ? ['reason'] : []),
        ...(isOdd(containsIssues, 'boolean') ? ['containsIssues'] : []),
      ];
      expect('leftOut' in seen ? seen.leftOut : []).toEqual(leftOut);
      expect('reason' in seen).toBe(typeof reason === 'string');
      expect('containsIssues' in seen).toBe(typeof containsIssues === 'boolean');
    }),
    { numRuns: 1_000 },
  );
});
