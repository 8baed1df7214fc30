import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../../../functions/core/jobs/states.ts';
import { parseStatus } from '../../../../functions/core/kinds/run-body.ts';
import {
  reasonsIn,
  SYNCHRONIZATION_RUN,
} from '../../../../functions/core/kinds/synchronization-run.ts';

const API = new URL('https://api.bentley.com');

function parse(run: unknown) {
  return parseStatus(SYNCHRONIZATION_RUN, JSON.stringify({ run }), API);
}

describe('a run that goes on', () => {
  it.each([
    ...['NotStarted', 'Idle', 'Queued', 'WaitingToExecute', 'WaitingToRetry'],
    ...['Executing', 'Finalizing'],
  ])('is %s in upstream’s own spelling, in whichever it comes', (word) => {
    for (const state of [word, word.toLowerCase(), word.toUpperCase()]) {
      expect(parse({ state })).toEqual({ kind: 'Status', state: word });
    }
  });

  it.each([
    ['Executing', 'Executing'],
    ['Rewinding', 'Rewinding'],
    ['Cancelled', 'Upstream:Cancelled'],
    ['Success', 'Success'],
    ['Error', 'Error'],
  ])('is in the state that it says, whatever its result: %s', (word, state) => {
    for (const result of ['Undetermined', 'Error', 'Cancelled', undefined]) {
      expect(parse({ state: word, result })).toEqual({ kind: 'Status', state });
    }
  });

  it('says when it began, to seven digits of a second', () => {
    const startDateTime = '2025-10-24T02:44:13.4109666Z';
    const startedAt = Date.UTC(2025, 9, 24, 2, 44, 13, 410);
    expect(parse({ state: 'Queued', startDateTime })).toMatchObject({ startedAt });
    expect(parse({ state: 'Queued', startDateTime: 'soon' })).not.toHaveProperty('startedAt');
  });
});

describe('a run that is over', () => {
  it.each(['.', ' ', '. '])(
    'has an error of any length, such as of "%s" again and again',
    (part) => {
      const description = `${part.repeat(2 ** 17)}x${part}`;
      const run = { state: 'Completed', result: 'Error', error: { description, errorKey: 'Bad' } };
      expect(reasonsIn(run)).toEqual([`${description.trim().replace(/x[. ]*$/, 'x')} (Bad).`]);
    },
  );

  it.each([
    ['Success', { state: 'Succeeded' }],
    ['success', { state: 'Succeeded' }],
    ['PartialSuccess', { state: 'PartiallySucceeded' }],
    ['Error', { state: 'Failed' }],
    ['Cancelled', { state: 'Aborted', reason: 'Cancelled.' }],
    ['Skipped', { state: 'Aborted', reason: 'Skipped.' }],
    ['TimedOut', { state: 'Aborted', reason: 'TimedOut.' }],
  ])('ended as its result says: %s', (result, end) => {
    expect(parse({ state: 'Completed', result })).toEqual({ kind: 'Status', ...end });
    expect(parse({ state: 'COMPLETED', result })).toEqual({ kind: 'Status', ...end });
  });

  it.each(['Undetermined', 'Archived', 'Succeeded'])(
    'has not ended by a result that is not known: %s',
    (result) => {
      const seen = { kind: 'Status', state: 'Completed', reason: result };
      expect(parse({ state: 'Completed', result })).toEqual(seen);
      expect(isTerminal('Completed')).toBe(false);
    },
  );

  it.each([undefined, null, '', 7, ['Success']])('nor by %j', (result) => {
    const isText = typeof result !== 'number' && typeof result !== 'object';
    expect(parse({ state: 'Completed', result })).toEqual({
      kind: 'Status',
      state: 'Completed',
      ...(!isText && result !== null && { leftOut: ['result'] }),
    });
  });
});

const ERROR = {
  errorCode: 'TAE_BRG_1000',
  message: 'Failed to process the file.',
  details: 'Exit code -7002.',
  bridgeExitCode: 4_294_967_295,
};

describe('the reasons', () => {
  it('are sentences with one full stop, however many there were', () => {
    for (const description of ['Broken', 'Broken.', 'Broken..', 'Broken . .']) {
      expect(reasonsIn({ error: { description } })).toEqual(['Broken.']);
    }
  });

  it('are those of the run, its jobs and their tasks, each once, the shortest first', () => {
    const run = {
      result: 'Error',
      error: { errorKey: 'UserNotAuthenticated', description: 'User is not authenticated.' },
      jobs: [
        { result: 'Error', connectorType: 'DWG', tasks: [{ error: ERROR }, { error: ERROR }] },
        { result: 'Error', error: { message: 'No files' } },
      ],
    };
    expect(reasonsIn(run)).toEqual([
      'No files.',
      'DWG: Failed to process the file (TAE_BRG_1000).',
      'User is not authenticated (UserNotAuthenticated).',
    ]);
    expect(parse({ state: 'Completed', ...run })).toMatchObject({
      reason: reasonsIn(run).join(' '),
    });
  });

  it('say the description rather than the message, and a code where there is no more', () => {
    const told = (error: unknown) => reasonsIn({ error });
    expect(told({ ...ERROR, description: 'Broken' })).toEqual(['Broken (TAE_BRG_1000).']);
    expect(told({ details: 'Exit code 1' })).toEqual(['Exit code 1.']);
    expect(told({ errorKey: 'JobsFailed', message: ' ' })).toEqual(['JobsFailed.']);
    for (const error of [null, 'broken', {}, [ERROR]]) expect(told(error)).toEqual([]);
  });

  it('leave out an error beside a success', () => {
    const jobs = [{ result: 'Success', tasks: [{ result: 'Success', error: ERROR }] }];
    expect(parse({ state: 'Completed', result: 'PartialSuccess', jobs })).toEqual({
      kind: 'Status',
      state: 'PartiallySucceeded',
    });
    const succeeded = { state: 'Completed', result: 'Success', jobs: [{ error: ERROR }] };
    expect(parse(succeeded)).toEqual({ kind: 'Status', state: 'Succeeded' });
  });

  it('follow the word of a run that was broken off', () => {
    const error = { description: 'Somebody stopped it.' };
    expect(parse({ state: 'Completed', result: 'Cancelled', error })).toMatchObject({
      state: 'Aborted',
      reason: 'Cancelled. Somebody stopped it.',
    });
  });

  it('are cut to 1 KB, and keep the short ones', () => {
    const tasks = [{ error: { message: 'x'.repeat(4_000) } }, { error: { message: 'Locked' } }];
    const seen = parse({ state: 'Completed', result: 'Error', jobs: [{ tasks }] });
    const { reason = '' } = seen as { reason?: string };
    expect(reason).toMatch(/^Locked\. x+$/);
    expect(Buffer.byteLength(reason)).toBe(1_024);
  });
});

describe('whatever comes', () => {
  const part = fc.letrec((tie) => ({
    part: fc.record(
      {
        state: fc.oneof(fc.string(), fc.anything()),
        result: fc.oneof(fc.constantFrom('Success', 'Error'), fc.anything()),
        error: fc.oneof(fc.anything(), fc.record({ message: fc.string(), errorCode: fc.string() })),
        connectorType: fc.anything(),
        jobs: fc.oneof(fc.anything(), fc.array(tie('part'), { maxLength: 3 })),
        tasks: fc.oneof(fc.anything(), fc.array(tie('part'), { maxLength: 3 })),
      },
      { requiredKeys: [] },
    ),
  })).part as fc.Arbitrary<Record<string, unknown>>;

  it('does not hide an end', () => {
    fc.assert(
      fc.property(part, (more) => {
        const seen = parse({ ...more, state: 'Completed', result: 'Error' });
        expect(seen).toMatchObject({ kind: 'Status', state: 'Failed' });
      }),
    );
  });

  it('is no end unless the run is over and its result is one', () => {
    fc.assert(
      fc.property(part, (run) => {
        const seen = parse(run);
        const isOver = typeof run.state === 'string' && run.state.toLowerCase() === 'completed';
        if (seen.kind === 'Status' && isTerminal(seen.state)) expect(isOver).toBe(true);
      }),
    );
  });

  it.each([
    [undefined, 'more than 512 KiB'],
    ['', 'something that is not JSON'],
    ['{}', 'no text in run.state'],
    ['{"run":{"state":7}}', 'no text in run.state'],
    ['{"run":{"state":"Not a word"}}', 'a run.state that is no word'],
  ])('is no status when it is none: %j', (body, what) => {
    const message = `The status endpoint answered 200 with ${what}.`;
    expect(parseStatus(SYNCHRONIZATION_RUN, body, API)).toEqual({
      kind: 'Failed',
      error: { name: 'UnexpectedResponse', message },
    });
  });
});
