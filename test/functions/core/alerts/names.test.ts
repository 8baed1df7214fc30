import { describe, expect, it } from 'vitest';
import { namedIn, type RunLogs, withNames } from '../../../../functions/core/alerts/log-digest.ts';

const [MAPPING, GROUP, OTHER] = [
  '11111111-aaaa-4bbb-8ccc-000000000001',
  '22222222-aaaa-4bbb-8ccc-000000000002',
  '33333333-aaaa-4bbb-8ccc-000000000003',
];
const UNREAD: RunLogs = { kind: 'Unread', reason: 'Upstream answered 403.' };

function logs(...messages: readonly string[]): RunLogs & { readonly kind: 'Digest' } {
  const of = { level: 'Error', category: 'GroupQuery' };
  return {
    kind: 'Digest',
    entries: messages.length,
    isPartial: false,
    counts: [{ ...of, count: messages.length }],
    messages: messages.map((message) => ({ ...of, message })),
  };
}

describe('what messages name by an id', () => {
  it('are mappings and their groups, each once', () => {
    const found = namedIn(
      logs(
        `MappingId: ${MAPPING}, GroupId: ${GROUP} failed.`,
        `mappingid: ${MAPPING} GROUPID: ${OTHER} failed.`,
      ),
    );
    expect(found).toEqual([
      { kind: 'mapping', id: MAPPING },
      { kind: 'group', id: GROUP, mappingId: MAPPING },
      { kind: 'group', id: OTHER, mappingId: MAPPING },
    ]);
  });

  it('is no group whose mapping the same message does not name: it could not be asked about', () => {
    const found = namedIn(logs(`MappingId: ${MAPPING}`, `GroupId: ${GROUP}`));
    expect(found).toEqual([{ kind: 'mapping', id: MAPPING }]);
  });

  it('is nothing in other words, or where no logs were read', () => {
    expect(namedIn(logs('Failed.', `MappingId: ${MAPPING}0`, `Mapping: ${MAPPING}`))).toEqual([]);
    expect(namedIn(UNREAD)).toEqual([]);
  });
});

describe('names in messages', () => {
  const names = new Map([
    [MAPPING, 'Walls\n and doors'],
    [GROUP, ' '],
  ]);

  it('stand before their ids, on one line; an id without a name stays as it is', () => {
    const said = withNames(logs(`MappingId: ${MAPPING}, GroupId: ${GROUP}.`, 'Failed.'), names);
    expect(said).toEqual({
      ...logs(`Mapping: Walls and doors (${MAPPING}), GroupId: ${GROUP}.`, 'Failed.'),
    });
  });

  it('are short, and leave out of the digest what it has no room for', () => {
    const long = logs(...Array.from({ length: 3 }, () => `MappingId: ${MAPPING} `.repeat(18)));
    const said = withNames(long, new Map([[MAPPING, 'W'.repeat(1_000)]]));
    expect(Buffer.byteLength(JSON.stringify(said))).toBeLessThanOrEqual(4_096);
    expect(said).toMatchObject({
      entries: 3,
      messages: [{ message: expect.stringMatching(/^Mapping: W{77}\.\.\. \(/) }],
    });
  });

  it('change nothing where there are none, or no logs', () => {
    const known = logs(`MappingId: ${MAPPING}`);
    expect(withNames(known, new Map())).toBe(known);
    expect(withNames(UNREAD, names)).toBe(UNREAD);
  });
});
