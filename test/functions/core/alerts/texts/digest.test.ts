import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../../functions/core/alerts/digest.ts';
import type { AlertMessage } from '../../../../../functions/core/alerts/message.ts';
import { digestMessage } from '../../../../../functions/core/alerts/texts/digest.ts';
import type { Job } from '../../../../../functions/core/jobs/job.ts';
import { label, outsideText } from './support/any-alert.ts';
import { DIGEST_SAMPLES, digestOf, ended, job } from './support/digest-samples.ts';
import { show } from './support/show.ts';

const fileOf = (name: string) => `${name.replaceAll(' ', '-')}.txt`;
const sampleOf = (name: string) => DIGEST_SAMPLES[name] ?? digestOf([]);

/** Mended with `npm run docs:alerts`; read each changed file before you commit it. */
describe('the texts of a digest read as in golden-digest/:', () => {
  it.each(Object.entries(DIGEST_SAMPLES))('%s', async (name, digest) => {
    await expect(show(digestMessage(digest))).toMatchFileSnapshot(`golden-digest/${fileOf(name)}`);
  });

  it('a night, bare', async () => {
    const text = show(digestMessage(sampleOf('a night'), true));
    await expect(text).toMatchFileSnapshot('golden-digest/a-night-bare.txt');
  });

  it('and there is no other file', () => {
    const wanted = [...Object.keys(DIGEST_SAMPLES), 'a night bare'].map(fileOf);
    const files = readdirSync(new URL('golden-digest', import.meta.url));
    expect(files.toSorted()).toEqual(wanted.toSorted());
  });
});

const anyJob: fc.Arbitrary<Job> = fc
  .record(
    {
      label,
      reason: outsideText,
      iModelName: outsideText,
      state: fc.constantFrom('Succeeded', 'Failed', 'Aborted', 'Cancelled', 'NotFound', 'Running'),
      containsIssues: fc.boolean(),
      endedAt: fc.constant(1),
      remindedAt: fc.constant(1),
    },
    { requiredKeys: ['state'] },
  )
  .chain((facts) => fc.nat(1_000_000).map((n) => job(n, facts)));

const anyDigest: fc.Arbitrary<Digest> = fc
  .tuple(fc.array(anyJob, { maxLength: 40 }), fc.boolean(), fc.boolean())
  .map(([jobs, isPartial, pendingIsPartial]) => digestOf(jobs, { isPartial, pendingIsPartial }));

/** Holds for any digest, with and without outside texts, and for all the samples. */
function always(check: (message: AlertMessage, digest: Digest) => void): void {
  for (const isBare of [false, true]) {
    const checkOne = (digest: Digest) => check(digestMessage(digest, isBare), digest);
    for (const digest of Object.values(DIGEST_SAMPLES)) checkOne(digest);
    fc.assert(fc.property(anyDigest, (digest) => void checkOne(digest)));
  }
}

const GSM_7 =
  /^[@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]{1,160}$/;

describe('whatever a digest tells of,', () => {
  it('its subject is printable ASCII, of 100 characters at most, and begins as all do', () => {
    always(({ subject }) => expect(subject).toMatch(/^Digest [ -~]{0,92}[!-~]$/));
  });

  it('its SMS is 160 characters at most, all of them in the GSM 7 bit default alphabet', () => {
    always(({ sms }) => expect(sms).toMatch(GSM_7));
  });

  it('its mail is read in a minute: at most 60 lines of at most 76 characters, 300 words', () => {
    always(({ email }) => {
      const lines = email.split('\n');
      expect(lines.length).toBeLessThanOrEqual(60);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76);
      expect(email.split(/\s+/).length).toBeLessThanOrEqual(300);
    });
  });

  it('its mail quotes outside texts, and has no character that ends, hides or reorders text', () => {
    always(({ email }, { figures, failures }) => {
      expect(email.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const own = email.split('\n').filter((line) => !line.startsWith('  | '));
      for (const { label } of failures) {
        if (label && label.trim().length > 12) expect(own.join('\n')).not.toContain(label.trim());
      }
      for (const [state, runs] of Object.entries(figures.states)) {
        expect(own).toContain(`  ${state}: ${runs.toLocaleString('en')}`);
      }
    });
  });

  it('it fits into what SNS takes, 256 KiB', () => {
    always((message) => expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(200_000));
  });

  it('its JSON fits docs/digest.schema.json', () => {
    const schema = JSON.parse(readFileSync('docs/digest.schema.json', 'utf8'));
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    always(({ default: json }) => {
      expect(validate(JSON.parse(json)) || validate.errors).toBe(true);
    });
  });

  it('it carries no attribute but its state, so that no filter on a job lets it through', () => {
    always(({ attributes }) => expect(attributes).toEqual({ state: 'Digest' }));
  });
});

it('a bare digest has no word from outside', () => {
  const { email, sms, subject, default: json } = digestMessage(sampleOf('a night'), true);
  expect(email + sms + subject + json).not.toMatch(/Tower|Neris|Structure|Hospital|Stadium/);
});

it('of runs that somebody cancelled nothing is told but their number', () => {
  const jobs = [...ended(2, 100, {}), ...ended(3, 200, { state: 'Cancelled' })];
  const { email } = digestMessage(digestOf(jobs));
  expect(email).toContain('Digest: 5 runs ended, none failed\n');
  expect(email).toContain('  Cancelled: 3\n');
  expect(email).not.toContain('What did not succeed');
});

it('the first failures are told, Failed before others, and the rest are counted', () => {
  const jobs = [
    ...ended(30, 100, { state: 'NotFound', label: 'A' }),
    ...ended(2, 200, { state: 'Failed', label: 'B' }),
  ];
  const { email } = digestMessage(digestOf(jobs));
  expect(email.indexOf('Failed: B')).toBeLessThan(email.indexOf('NotFound: A'));
  expect(email).toContain('  (20 more)');
});

describe('where there are more than are counted, it says no more than is known:', () => {
  const partial = { isPartial: true, pendingIsPartial: true };
  const late = job(900, { state: 'Running', remindedAt: 1 });
  const well = ended(2, 100, {});
  const cancelled = ended(1, 200, { state: 'Cancelled' });
  const failed = ended(1, 300, { state: 'Failed', label: 'A' });

  it.each([
    ['of successes', well, 'more than 2 runs ended, the first 2 all Succeeded'],
    [
      'of no failure',
      [...well, ...cancelled],
      'more than 3 runs ended, none of the first 3 failed',
    ],
    ['of failures', [...well, ...failed], 'at least 1 of more than 3 runs failed'],
  ])('%s', (_, jobs, headline) => {
    const { subject, email, sms } = digestMessage(digestOf([...jobs, late], partial));
    expect(subject).toBe(`Digest Sun 29 Nov 2026: ${headline}`);
    expect(email).toContain(`Digest: ${headline}\n`);
    expect(email).toContain('  Pending now: 1 or more, 1 or more of them late\n');
    expect(sms).toContain(`${headline} - 1 or more pending, 1 or more late`);
  });

  it('and of those that are not shown', () => {
    const jobs = [...ended(13, 300, { state: 'Failed' }), ...Array.from({ length: 6 }, () => late)];
    const { email } = digestMessage(digestOf(jobs, partial));
    expect(email.match(/ {2}\(at least 1 more\)/g)).toHaveLength(2);
  });
});
