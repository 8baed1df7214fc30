import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';
const WORDS_ID = 'abcdefghijklmnopqrstuvwxy-abcdefghijklmnopqrstuvwxyz23456';
const MAPPING = 'grouping-and-mapping-extraction';
const PATH = '/insights/reporting/datasources/extraction/status/';

function link(jobId: string): string {
  return `https://api.bentley.com${PATH}${jobId}`;
}

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
    ['a job id of no known form', { jobId: 'run-7' }, ['/jobId']],
    ['an unknown kind', withId({ kind: 'carbon' }), ['/kind']],
    ['a kind that is null', withId({ kind: null }), ['/kind']],
    ['a kind of Object', withId({ kind: 'constructor' }), ['/kind']],
    ["an id that is another kind's", { kind: MAPPING, jobId: WORDS_ID }, ['/jobId']],
    ['a job id and a link', withId({ statusUrl: link(JOB_ID) }), ['/jobId']],
    ['a link and its kind', { kind: MAPPING, statusUrl: link(JOB_ID) }, ['/kind']],
    ['a job id in braces', { jobId: `{${JOB_ID}}` }, ['/jobId']],
    ['a job id with something behind it', { jobId: `${JOB_ID}/logs` }, ['/jobId']],
    ['a job id with a line break', { jobId: `${JOB_ID}\n` }, ['/jobId']],
    ['an empty label', withId({ label: '' }), ['/label']],
    ['a label of 101 characters', withId({ label: 'x'.repeat(101) }), ['/label']],
    ['a label of blanks', withId({ label: ' \u00a0 ' }), ['/label']],
    ['a label that shows nothing', withId({ label: '\u200b\u2060 \ufeff\u00ad' }), ['/label']],
    ['a label with a control character', withId({ label: 'a\u0007b' }), ['/label']],
    ['a label with a line break', withId({ label: 'a\nb' }), ['/label']],
    ['a label with a C1 control character', withId({ label: 'a\u0085b' }), ['/label']],
    ['a label with a line separator', withId({ label: 'a\u2028b' }), ['/label']],
    ['a label with a paragraph separator', withId({ label: 'a\u2029b' }), ['/label']],
    ['a label with a lone surrogate', withId({ label: 'a\ud800b' }), ['/label']],
    ['a label with U+FFFE, which no queue takes', withId({ label: 'a\ufffeb' }), ['/label']],
    ['a label with U+FFFF', withId({ label: 'a\uffffb' }), ['/label']],
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

describe('a job id in the path that is the id of no job', () => {
  it.each(['GET', 'DELETE'])('is refused by %s', async (method) => {
    for (const id of [
      '1',
      `${JOB_ID}.x`,
      '..',
      '%2e%2e',
      `${JOB_ID}%2Flogs`,
      '__proto__',
      '☃',
      '\n',
    ]) {
      expect(await refused(api, method, `/jobs/${id}`)).toMatchObject({
        status: 400,
        body: {
          errors: [
            { parameter: 'jobId', detail: expect.stringMatching(/^must be the id of a job/) },
          ],
        },
      });
    }
  });
});

describe('a link that is no status link of upstream', () => {
  it.each([
    ['a number', 7],
    ['a word', 'run-7'],
    ['a path alone', `${PATH}${JOB_ID}`],
    ['on another host', `https://evil.example${PATH}${JOB_ID}`],
    ['on a host that begins alike', `https://api.bentley.com.evil.example${PATH}${JOB_ID}`],
    ['on another port', `https://api.bentley.com:8443${PATH}${JOB_ID}`],
    ['without a host', `https:${PATH}${JOB_ID}`],
    ['of another protocol', `ftp://api.bentley.com${PATH}${JOB_ID}`],
    ['with credentials', `https://user:secret@api.bentley.com${PATH}${JOB_ID}`],
    ['with a host as its user', `https://api.bentley.com@evil.example${PATH}${JOB_ID}`],
    ['with a query', `${link(JOB_ID)}?token=secret`],
    ['with a fragment', `${link(JOB_ID)}#logs`],
    ['with traversal', `https://api.bentley.com/x/..${PATH}${JOB_ID}`],
    ['with encoded traversal', `https://api.bentley.com/x/%2e%2e${PATH}${JOB_ID}`],
    ['with backslashes', `https:\\\\api.bentley.com${PATH.replaceAll('/', '\\')}${JOB_ID}`],
    ['with a line break inside', link(JOB_ID).replace('status', 'sta\ntus')],
    ["of a path that is no kind's", `https://api.bentley.com/imodels/${JOB_ID}`],
    ['of the logs', `${link(JOB_ID)}/logs`],
    ['of an id of no known form', link('run-7')],
    ['of an id with an encoded slash', link(`${JOB_ID}%2Flogs`)],
  ])('is refused: one %s', async (_, statusUrl) => {
    const answer = await refused(api, 'POST', '/jobs', { body: { statusUrl } });
    const detail = expect.stringMatching(/^must be the link to the status of a job/);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ pointer: '/statusUrl', detail }]);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it('is told whose links are taken when it is of another host', async () => {
    const statusUrl = `http://127.0.0.1:4010${PATH}${JOB_ID}`;
    const answer = await refused(api, 'POST', '/jobs', { body: { statusUrl } });
    const detail =
      'must be the link to the status of a job at https://api.bentley.com, which this monitor asks: ' +
      'this one is of 127.0.0.1:4010';
    expect(answer.body.errors).toEqual([{ pointer: '/statusUrl', detail }]);
  });
});
