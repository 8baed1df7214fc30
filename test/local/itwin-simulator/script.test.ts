import { describe, expect, test } from 'vitest';
import { advance, answerSchema, type Step } from '../../../local/itwin-simulator/script.ts';

const answer = { state: 'Running' };
const START = { step: 0, since: 1_000, answered: 0 };

describe('a step', () => {
  test('that nobody looked at for long is passed over on the clock of the script', () => {
    const steps: Step[] = [{ answer, forMs: 100 }, { answer, forMs: 200 }, { answer }];

    expect(advance(steps, START, 1_099)).toEqual(START);
    expect(advance(steps, START, 1_250)).toEqual({ step: 1, since: 1_100, answered: 0 });
    expect(advance(steps, START, 9_000)).toEqual({ step: 2, since: 1_300, answered: 0 });
  });

  test('that counts requests gives way when it has answered them', () => {
    const steps: Step[] = [{ answer, forRequests: 2 }, { answer, forMs: 50 }, { answer }];

    expect(advance(steps, { ...START, answered: 1 }, 5_000)).toMatchObject({ step: 0 });
    expect(advance(steps, { ...START, answered: 2 }, 5_000)).toEqual({
      step: 1,
      since: 5_000,
      answered: 0,
    });
  });

  test('with a duration and a number of requests ends with whichever comes first', () => {
    const steps: Step[] = [{ answer, forMs: 100, forRequests: 2 }, { answer }];

    expect(advance(steps, START, 1_100)).toMatchObject({ step: 1 });
    expect(advance(steps, { ...START, answered: 2 }, 1_000)).toMatchObject({ step: 1 });
  });

  test('never ends when it has no duration, or is the last', () => {
    expect(advance([{ answer }, { answer }], START, 1e15)).toEqual(START);
    expect(advance([{ answer, forMs: 1, forRequests: 1 }], START, 1e15)).toEqual(START);
  });
});

describe('an answer', () => {
  test.each([
    { state: 'Running' },
    { kind: 'status', state: 'AnyWord', reason: '', containsIssues: true, logs: [{}] },
    { kind: 'error', status: 503, delayMs: 10 },
    { kind: 'raw', status: 403, body: { statusCode: 403, message: 'No.' } },
    { kind: 'hang' },
  ])('may be %o', (value) => {
    expect(answerSchema.parse(value)).toEqual(value);
  });

  test.each([
    {},
    { state: 'Running', containsIsues: true },
    { kind: 'explode' },
    { kind: 'error' },
    { kind: 'error', status: 99 },
    { kind: 'error', status: 503, form: 'xml' },
    { kind: 'error', status: 503, retryAfter: { inSeconds: 3, as: 'iso' } },
    { kind: 'raw', status: 200, headers: { 'no spaces': 'x' } },
    { kind: 'raw', status: 200, headers: { location: 'two\nlines' } },
  ])('may not be %o', (value) => {
    expect(answerSchema.safeParse(value).success).toBe(false);
  });
});
