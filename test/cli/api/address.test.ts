import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../cli/api/address.ts';

describe('the address of the API', () => {
  it.each(['http://127.0.0.1:3000', 'http://localhost:3000/', 'http://[::1]:3000'])(
    'is this machine at %s',
    (url) => expect(readAddress(url).isLocal).toBe(true),
  );

  it.each(['https://api.example.com', 'https://127.0.0.1.example.com/', 'https://10.0.0.1'])(
    'is another machine at %s',
    (url) => expect(readAddress(url).isLocal).toBe(false),
  );

  it.each([
    'api.example.com',
    'ftp://api.example.com',
    'http://api.example.com',
    'https://me:secret@api.example.com',
    'https://api.example.com?token=secret',
  ])('is refused at %s, and no secret is repeated', (url) => {
    expect(() => readAddress(url)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    expect(() => readAddress(url)).not.toThrow(/secret/);
  });
});
