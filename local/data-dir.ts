/**
 * The folder of a local run, looked at before anything in it is touched: whether it is one of ours,
 * whose jobs are in it, and whether it can be used.
 */
import { chmod, lstat, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, replaceFile } from './files.ts';

/** `DATA_DIR` cannot be used; the message says why, and what to do. */
export class DataDirRefused extends Error {
  override readonly name = 'DataDirRefused';
}

/** Says in the folder whose jobs it keeps: an origin, or `simulator`. */
const UPSTREAM = 'upstream';
const SIMULATOR = 'simulator';

/** What a run writes into the folder itself; stores have folders of their own. */
const OWN_FILES: ReadonlySet<string> = new Set([
  UPSTREAM,
  `${UPSTREAM}.new`,
  'alerts.jsonl',
  'alerts.jsonl.size',
  'mails.jsonl',
  'subscriptions.json',
  'subscriptions.json.new',
]);

/** What may be in a folder that counts as empty. */
const NOBODYS = /^(lost\+found|lock|upstream\.new|\.DS_Store|\.git(keep|ignore))$/;

/**
 * Makes a folder this program's own, for the jobs of one upstream, or sees that it is so already.
 * Folders of jobs from elsewhere are refused: another upstream would not know the jobs, and the
 * simulator would end every one of them as `Succeeded`, for good.
 *
 * @param upstream its origin; the simulator when left out
 * @throws {DataDirRefused} it is not ours, of another upstream, or cannot be used
 */
export async function claimDataDir(dataDir: string, upstream = SIMULATOR): Promise<void> {
  try {
    await makeFolder(dataDir);
    await refuseOthers(dataDir);
    const names = await readdir(dataDir);
    for (const name of names) {
      if (OWN_FILES.has(name)) await refuseLink(join(dataDir, name), 'file');
      if (name === 'lock') await refuseLink(join(dataDir, name), 'folder');
    }
    if (names.includes(UPSTREAM)) await refuseOtherUpstream(dataDir, upstream);
    else refuseFilled(dataDir, names);
    await chmod(dataDir, 0o700);
    for (const name of names) if (OWN_FILES.has(name)) await chmod(join(dataDir, name), 0o600);
    if (!names.includes(UPSTREAM)) await replaceFile(join(dataDir, UPSTREAM), `${upstream}\n`);
  } catch (error) {
    if (error instanceof DataDirRefused) throw error;
    throw new DataDirRefused(inWords(dataDir, error), { cause: error });
  }
}

/** Makes a folder and those above it. What Node has for that never ends where the system says `ENOENT`. */
async function makeFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

async function refuseOthers(dataDir: string): Promise<void> {
  const { uid } = await stat(dataDir);
  const user = process.getuid?.() ?? uid;
  if (uid === user) return;
  throw new DataDirRefused(
    `${dataDir} belongs to another user (${uid}, not ${user}). Give it to this one, or set DATA_DIR to another folder.`,
  );
}

/** What is written to a link, or into a folder behind one, changes something elsewhere. */
async function refuseLink(path: string, kind: 'file' | 'folder'): Promise<void> {
  const there = await lstat(path);
  if (kind === 'folder' ? there.isDirectory() : there.isFile() && there.nlink === 1) return;
  throw new DataDirRefused(
    `${path} is no ${kind} of its own, but a link or something else. Move it elsewhere.`,
  );
}

async function refuseOtherUpstream(dataDir: string, upstream: string): Promise<void> {
  const path = join(dataDir, UPSTREAM);
  const kept = (await readFile(path, 'utf8')).trim();
  if (kept === upstream) return;
  if (kept !== SIMULATOR && URL.parse(kept)?.origin !== kept) {
    throw new DataDirRefused(
      `${path} does not say whose jobs the folder keeps. Write the ITWIN_API_URL into it that they belong to, or "${SIMULATOR}".`,
    );
  }
  const again = kept === SIMULATOR ? 'Leave ITWIN_API_URL out' : `Set ITWIN_API_URL=${kept}`;
  throw new DataDirRefused(
    `${dataDir} keeps jobs of ${named(kept)}, which ${named(upstream)} knows nothing of. ` +
      `${again}, or set DATA_DIR to another folder.`,
  );
}

function named(upstream: string): string {
  return upstream === SIMULATOR ? 'the simulator' : upstream;
}

function refuseFilled(dataDir: string, names: readonly string[]): void {
  const others = names.filter((name) => !NOBODYS.test(name));
  if (others.length === 0) return;
  const isOlder = others.some((name) => OWN_FILES.has(name) || /^tables-\d+$/.test(name));
  throw new DataDirRefused(
    isOlder
      ? `${dataDir} does not say whose jobs it keeps. Write the ITWIN_API_URL that they belong to, or ` +
          `"${SIMULATOR}", into a file "${UPSTREAM}" in it.`
      : `${dataDir} has other things in it, such as ${others[0]}. Set DATA_DIR to a folder of its own.`,
  );
}

/** What an error of the file system says about a folder, and what to do. */
function inWords(dataDir: string, error: unknown): string {
  const why: Readonly<Record<string, string>> = {
    EACCES: 'may not be read or written by this user',
    EPERM: 'may not be changed by this user',
    EROFS: 'is on a disk that cannot be written',
    ENOSPC: 'is on a disk that is full',
    EDQUOT: 'is on a disk that is full for this user',
    EEXIST: 'is no folder',
    ENOENT: 'cannot be made there',
    ENOTDIR: 'is no folder, or in something that is none',
    ELOOP: 'is a link to itself',
    ENAMETOOLONG: 'is too long a name',
  };
  return `DATA_DIR ${dataDir} ${why[codeOf(error)] ?? `cannot be used (${error})`}. Mend that, or set DATA_DIR to another folder.`;
}
