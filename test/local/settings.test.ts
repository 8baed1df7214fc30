import { describe, expect, it } from 'vitest';
import { InvalidSetting } from '../../functions/adapters/lambda/environment.ts';
import { readLocalSettings } from '../../local/settings.ts';

const BENTLEY = 'https://api.bentley.com';

it('a local run listens on this machine alone, and tells all, unless something is set', () => {
  expect(readLocalSettings({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    names: [],
    isQuiet: false,
    sweepSeconds: 5,
    checkEverySeconds: 15,
    checksPerMinute: 60,
    remindAfterMinutes: 0,
    unusuallyLong: true,
    iModels: [],
  });
  expect(
    readLocalSettings({
      HOST: '0.0.0.0',
      ALLOWED_HOST: 'Monitor.example.com, other.example.com',
      QUIET: '1',
      TIME_ZONE: 'Europe/Vilnius',
      DIGEST_AT: 'Mon-Fri 07:00',
      PAGE_URL: 'http://monitor.lan/runs',
    }),
  ).toMatchObject({
    host: '0.0.0.0',
    names: ['monitor.example.com', 'other.example.com'],
    isQuiet: true,
    timeZone: 'Europe/Vilnius',
    digestAt: 'Mon-Fri 07:00',
    pageUrl: 'http://monitor.lan/runs/',
  });
});

it('takes iModels to watch, by their ids', () => {
  const id = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
  expect(readLocalSettings({ IMODELS: ` ${id.toUpperCase()},${id}, ` }).iModels).toEqual([id]);
  expect(() => readLocalSettings({ IMODELS: 'harbour' })).toThrow('IMODELS has "harbour" in it');
});

describe('what is set wrongly is refused, with what to set instead:', () => {
  it.each([
    [{ QUIET: 'yes' }, 'QUIET is "yes"; set it to true or false.'],
    [{ TIME_ZONE: 'Vilnius' }, 'TIME_ZONE is "Vilnius"; set it to a time zone such as'],
    [{ DIGEST_AT: '7 am' }, 'DIGEST_AT is "7 am"; set it to a time such as 07:00'],
    [{ PAGE_URL: 'monitor.lan' }, 'PAGE_URL is "monitor.lan"; set it to an address such as'],
    [{ PAGE_URL: 'https://a.b/#/runs' }, 'PAGE_URL is "https://a.b/#/runs"'],
    [{ ALLOWED_HOST: 'https://monitor.example.com' }, 'ALLOWED_HOST has "https://monitor'],
    [{ ALLOWED_HOST: 'monitor.example.com:443' }, 'ALLOWED_HOST has "monitor'],
  ])('%j', (environment, message) => {
    expect(() => readLocalSettings(environment)).toThrow(InvalidSetting);
    expect(() => readLocalSettings(environment)).toThrow(message);
  });

  it.each([
    'http://api.bentley.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.7:8080',
    'http://[::2]',
  ])('credentials would be sent to %s for everybody to read', (ITWIN_API_URL) => {
    expect(() => readLocalSettings({ ITWIN_API_URL })).toThrow('ITWIN_API_URL is');
  });

  it('a password is in an address, and is not repeated', () => {
    const ITWIN_API_URL = 'https://me:my-secret@api.bentley.com';
    expect(() => readLocalSettings({ ITWIN_API_URL })).toThrow(
      /^ITWIN_API_URL has a user or a password in it; set it to an address such as /,
    );
  });

  it('a token is there beside a client', () => {
    const both = { ITWIN_API_URL: BENTLEY, ITWIN_ACCESS_TOKEN: 'x', ITWIN_CLIENT_ID: 'y' };
    expect(() => readLocalSettings(both)).toThrow('leave the token out, or the client');
  });

  it.each([BENTLEY, 'http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010'])(
    'while %s is fine',
    (ITWIN_API_URL) => {
      expect(readLocalSettings({ ITWIN_API_URL }).upstream).toEqual({ ITWIN_API_URL });
    },
  );
});
