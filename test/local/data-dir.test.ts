import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir, DataDirRefused } from '../../local/data-dir.ts';

const UPSTREAM = 'https://api.bentley.com';

let temporary: string;
let dataDir: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'data-dir-'));
  dataDir = join(temporary, 'data');
});
afterEach(() => rm(temporary, { recursive: true }));

/** What is said of a folder that is refused: one sentence that says what to do, as an error of ours. */
async function refusalOf(upstream?: string): Promise<string> {
  const error = await claimDataDir(dataDir, upstream).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DataDirRefused);
  return (error as Error).message;
}

describe('a folder', () => {
  it('is made, for this user alone, and remembers whose jobs it keeps', async () => {
    dataDir = join(temporary, 'a', 'b');
    await claimDataDir(dataDir, UPSTREAM);
    await claimDataDir(dataDir, UPSTREAM);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'upstream'))).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform === 'linux')('is refused where none can be made', async () => {
    dataDir = '/proc/data/of/ours';
    expect(await refusalOf()).toContain('DATA_DIR /proc/data/of/ours cannot be made there. Mend');
  });

  it('of one upstream is refused to another, and to the simulator, as it is the other way round', async () => {
    await claimDataDir(dataDir, UPSTREAM);
    expect(await refusalOf()).toContain(`Set ITWIN_API_URL=${UPSTREAM}, or set DATA_DIR`);
    expect(await refusalOf('https://eu.example.com')).toContain(`keeps jobs of ${UPSTREAM}`);
    await rm(dataDir, { recursive: true });
    await claimDataDir(dataDir);
    expect(await refusalOf(UPSTREAM)).toContain('keeps jobs of the simulator');
  });

  it('that was readable by others is closed to them, with all of ours in it', async () => {
    await claimDataDir(dataDir);
    await writeFile(join(dataDir, 'alerts.jsonl'), '', { mode: 0o644 });
    await chmod(dataDir, 0o755);
    await claimDataDir(dataDir);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'alerts.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('may be reached by a link, as systemd gives it', async () => {
    await mkdir(join(temporary, 'private'));
    await symlink(join(temporary, 'private'), dataDir);
    await claimDataDir(dataDir);
    expect(await readdir(join(temporary, 'private'))).toEqual(['upstream']);
  });
});

describe('what is not ours stays as it is, and is refused:', () => {
  it('a file', async () => {
    await writeFile(dataDir, 'a letter');
    expect(await refusalOf()).toContain('is no folder');
    expect(await readFile(dataDir, 'utf8')).toBe('a letter');
    dataDir = join(dataDir, 'in', 'it');
    expect(await refusalOf()).toContain('is no folder');
  });

  it('a link that leads nowhere', async () => {
    await symlink(join(temporary, 'nowhere'), dataDir);
    await refusalOf();
    expect(await readdir(temporary)).toEqual(['data']);
  });

  it.each([
    ['a folder with things of somebody else', 'photos', 'has other things in it'],
    ['a store that does not say whose jobs are in it', 'tables-3', 'does not say whose jobs'],
  ])('%s', async (_, name, why) => {
    await mkdir(join(dataDir, name), { recursive: true });
    await writeFile(join(dataDir, name, 'CURRENT'), 'a photo');
    await chmod(dataDir, 0o755);
    expect(await refusalOf()).toContain(why);
    expect(await readdir(dataDir)).toEqual([name]);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o755);
  });

  it.each([
    ['a link', symlink],
    ['a second name', link],
  ])('a file of ours that is %s of another file', async (_, make) => {
    await claimDataDir(dataDir);
    const other = join(temporary, 'letter');
    await writeFile(other, 'a letter', { mode: 0o644 });
    for (const name of ['alerts.jsonl', 'mails.jsonl', 'subscriptions.json.new']) {
      await make(other, join(dataDir, name));
      expect(await refusalOf()).toContain(`${name} is no file of its own`);
      await rm(join(dataDir, name));
    }
    expect(await readFile(other, 'utf8')).toBe('a letter');
    expect((await lstat(other)).mode & 0o777).toBe(0o644);
  });

  it('a lock that is a link', async () => {
    const other = join(temporary, 'letters');
    await mkdir(other);
    await mkdir(dataDir);
    await symlink(other, join(dataDir, 'lock'));
    expect(await refusalOf()).toContain('lock is no folder of its own');
  });

  it('a mark of whose jobs are in it that is damaged', async () => {
    await claimDataDir(dataDir);
    await writeFile(join(dataDir, 'upstream'), '');
    expect(await refusalOf()).toContain('Write the ITWIN_API_URL into it');
  });

  it.runIf(process.getuid?.() !== 0)('a folder that may not be written', async () => {
    await mkdir(dataDir, { mode: 0o500 });
    await chmod(temporary, 0o500);
    dataDir = join(temporary, 'other');
    expect(await refusalOf()).toContain('may not be');
    await chmod(temporary, 0o700);
  });
});
