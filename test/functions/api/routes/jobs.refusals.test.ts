import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('a registration with a wrong field', () => {
  const withId = (fields: object) => ({ jobId: JOB_ID, ...fields });

  it.each<[string, unknown, string[]]>([
    ['no job id', {}, ['/jobId']],
    ['a job id that is a number', { jobId: 7 }, ['/jobId']],
    ['a job id that is no UUID', { jobId: 'run-7' }, ['/jobId']],
    ['a job id in braces', { jobId: `{${JOB_ID}}` }, ['/jobId']],
    ['a job id with something behind it', { jobId: `${JOB_ID}/logs` }, ['/jobId']],
    ['a job id with a line break', { jobId: `${JOB_ID}\n` }, ['/jobId']],
    ['an empty label', withId({ label: '' }), ['/label']],
    ['a label of 101 characters', withId({ label: 'x'.repeat(101) }), ['/label']],
    ['a label of blanks', withId({ label: ' \u00a0 ' }), ['/label']],
    ['a label with a control character', withId({ label: 'a\u0007b' }), ['/label']],
    ['a label with a line break', withId({ label: 'a\nb' }), ['/label']],
    ['a label with a C1 control character', withId({ label: 'a\u0085b' }), ['/label']],
    ['a label with a line separator', withId({ label: 'a\u2028b' }), ['/label']],
    ['a label with a paragraph separator', withId({ label: 'a\u2029b' }), ['/label']],
    ['a label with a lone surrogate', withId({ label: 'a\ud800b' }), ['/label']],
    ['a label that is null', withId({ label: null }), ['/label']],
    ['a label that is an object', withId({ label: { text: 'a' } }), ['/label']],
    ['a timeout below 5 minutes', withId({ timeoutMinutes: 4 }), ['/timeoutMinutes']],
    ['a timeout above 7 days', withId({ timeoutMinutes: 10_081 }), ['/timeoutMinutes']],
    ['a timeout beyond all integers', withId({ timeoutMinutes: 1e300 }), ['/timeoutMinutes']],
    ['a timeout with a fraction', withId({ timeoutMinutes: 5.5 }), ['/timeoutMinutes']],
    ['a timeout in quotes', withId({ timeoutMinutes: '60' }), ['/timeoutMinutes']],
    ['a timeout that is null', withId({ timeoutMinutes: null }), ['/timeoutMinutes']],
    ['a reminder at once', withId({ remindAfterMinutes: 0 }), ['/remindAfterMinutes']],
    ['a reminder in quotes', withId({ remindAfterMinutes: '5' }), ['/remindAfterMinutes']],
    [
      'a reminder when the watch is over',
      withId({ timeoutMinutes: 60, remindAfterMinutes: 60 }),
      ['/remindAfterMinutes'],
    ],
    ['a reminder after a day', withId({ remindAfterMinutes: 1_440 }), ['/remindAfterMinutes']],
    ['an unknown field', withId({ webhook: 'https://example.com' }), ['/webhook']],
    ['a field only the monitor sets', withId({ state: 'Succeeded' }), ['/state']],
    ['a field whose name needs escaping', withId({ 'a/b~c': 1 }), ['/a~1b~0c']],
    ['several wrong fields', { jobId: 7, label: '', x: 1 }, ['/jobId', '/label', '/x']],
    ['an array instead of an object', [JOB_ID], ['']],
    ['a string instead of an object', '"text"', ['']],
    ['null instead of an object', 'null', ['']],
  ])('is refused for %s', async (_, body, pointers) => {
    const answer = await refused(api, 'POST', '/jobs', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(
      pointers.map((pointer) => ({ pointer, detail: expect.stringMatching(/^(must|is) /) })),
    );
  });

  it('is told of 20 wrong fields at the most', async () => {
    const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field${i}`, i]));
    expect((await refused(api, 'POST', '/jobs', { body })).body.errors).toHaveLength(20);
  });
});

describe('a job id in the path that is no UUID', () => {
  it.each(['GET', 'DELETE'])('is refused by %s', async (method) => {
    for (const id of [
      '1',
      `${JOB_ID}x`,
      '..',
      '%2e%2e',
      `${JOB_ID}%2Flogs`,
      '__proto__',
      '☃',
      '\n',
    ]) {
      expect(await refused(api, method, `/jobs/${id}`)).toMatchObject({
        status: 400,
        body: { errors: [{ parameter: 'jobId', detail: 'must be a UUID' }] },
      });
    }
  });
});
