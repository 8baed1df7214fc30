import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const COPIED = [
  'bench',
  'bin',
  'cli',
  'client',
  'docs',
  'functions',
  'lib',
  'local',
  'page',
  'rehearsal',
  'test',
  'biome.json',
  'cdk.json',
  'knip.json',
  'package-lock.json',
  'package.json',
  'redocly.yaml',
  'tsconfig.json',
  'vitest.config.ts',
  '.dependency-cruiser.mjs',
  '.gitignore',
];

/** Copies the project to a folder of its own, where a test may write into it. @returns the folder */
export async function copyProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'extraction-monitor-copy-'));
  const isOurs = (path: string) => !path.endsWith('/node_modules');
  for (const path of COPIED) {
    await cp(join(PROJECT, path), join(copy, path), { recursive: true, filter: isOurs });
  }
  await symlink(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
