import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('a subscription with a wrong field', () => {
  const email = (endpoint: unknown) => ({ protocol: 'email', endpoint });
  const sms = (endpoint: unknown) => ({ protocol: 'sms', endpoint });
  const withFilter = (fields: object) => ({ ...sms('+37060000000'), ...fields });

  it.each<[string, unknown, string[]]>([
    ['no protocol', { endpoint: 'team@example.com' }, ['/protocol']],
    ['a protocol of machines', { protocol: 'https', endpoint: 'https://a.example' }, ['/protocol']],
    ['a protocol in capitals', { protocol: 'SMS', endpoint: '+37060000000' }, ['/protocol']],
    ['no endpoint', { protocol: 'email' }, ['/endpoint']],
    ['an address without a domain', email('team'), ['/endpoint']],
    ['an address with a name', email('Team <team@example.com>'), ['/endpoint']],
    ['two addresses', email('a@example.com,b@example.com'), ['/endpoint']],
    ['an address with a line break', email('team@example.com\nbcc: x@example.com'), ['/endpoint']],
    ['an address of 255 characters', email(`${'a'.repeat(243)}@example.com`), ['/endpoint']],
    ['an address that is null', email(null), ['/endpoint']],
    ['a number for an address', email('+37060000000'), ['/endpoint']],
    ['an address for a number', sms('team@example.com'), ['/endpoint']],
    ['a number without a country', sms('060000000'), ['/endpoint']],
    ['a number with blanks', sms('+370 600 00000'), ['/endpoint']],
    ['a number of 16 digits', sms('+1234567890123456'), ['/endpoint']],
    ['a number that is a number', sms(37060000000), ['/endpoint']],
    ['no state at all', withFilter({ states: [] }), ['/states']],
    ['a state outside a list', withFilter({ states: 'Failed' }), ['/states']],
    ['a state that no alert has', withFilter({ states: ['Failed', 'Running'] }), ['/states/1']],
    ['a misspelt state', withFilter({ states: ['failed'] }), ['/states/0']],
    ['states without end', withFilter({ states: Array(10).fill('Failed') }), ['/states']],
    ['onlyWithIssues in quotes', withFilter({ onlyWithIssues: 'true' }), ['/onlyWithIssues']],
    ['an empty prefix', withFilter({ labelPrefixes: [''] }), ['/labelPrefixes/0']],
    [
      'a prefix of 101 characters',
      withFilter({ exceptLabelPrefix: 'x'.repeat(101) }),
      ['/exceptLabelPrefix'],
    ],
    ['a prefix with a line break', withFilter({ labelPrefixes: ['a\nb'] }), ['/labelPrefixes/0']],
    [
      'a prefix with a lone surrogate',
      withFilter({ exceptLabelPrefix: 'a\ud800' }),
      ['/exceptLabelPrefix'],
    ],
    ['no prefix', withFilter({ labelPrefixes: [] }), ['/labelPrefixes']],
    [
      'labels given and left out at once',
      withFilter({ labelPrefixes: ['Tower'], exceptLabelPrefix: 'Tower test' }),
      ['/exceptLabelPrefix'],
    ],
    ['no kind at all', withFilter({ jobKinds: [] }), ['/jobKinds']],
    ['a kind that there is not', withFilter({ jobKinds: ['carbon'] }), ['/jobKinds/0']],
    ['no iModel at all', withFilter({ iModelIds: [] }), ['/iModelIds']],
    ['an iModel that is none', withFilter({ iModelIds: ['bridge'] }), ['/iModelIds/0']],
    [
      'more iModels than SNS takes',
      withFilter({ iModelIds: Array.from({ length: 151 }, () => randomUUID()) }),
      ['/iModelIds'],
    ],
    [
      'more iModels than SNS takes of two states',
      withFilter({
        states: ['Failed', 'TimedOut'],
        iModelIds: Array.from({ length: 76 }, () => randomUUID()),
      }),
      ['/iModelIds'],
    ],
    [
      'more conditions than SNS takes',
      withFilter({
        states: ['Succeeded', 'Failed'],
        onlyWithIssues: true,
        labelPrefixes: ['Tower'],
        jobKinds: ['reporting-extraction'],
        iModelIds: [randomUUID()],
      }),
      ['/states'],
    ],
    ['an unknown field', withFilter({ filterPolicy: {} }), ['/filterPolicy']],
    ['several wrong fields', { ...email('x'), states: [], x: 1 }, ['/endpoint', '/states', '/x']],
    ['an array instead of an object', [], ['']],
    ['null instead of an object', 'null', ['']],
  ])('is refused for %s', async (_, body, pointers) => {
    const answer = await refused(api, 'POST', '/subscriptions', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(
      pointers.map((pointer) => ({ pointer, detail: expect.stringMatching(/^(must|is) /) })),
    );
    expect(api.mails).toEqual([]);
  });
});

it.each(['x', '0'.repeat(31), 'G'.repeat(32), `${'0'.repeat(32)}%0a`])(
  'a subscription id that cannot be one is refused: %s',
  async (subscriptionId) => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await refused(api, method, `/subscriptions/${subscriptionId}`);
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ parameter: 'subscriptionId' }] },
      });
    }
  },
);
