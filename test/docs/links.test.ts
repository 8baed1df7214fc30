import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

it('links in documents lead to files and headings that there are', async () => {
  const broken: string[] = [];
  for await (const document of glob(['*.md', 'docs/**/*.md'], { cwd: PROJECT })) {
    const text = await readFile(join(PROJECT, document), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      if (!(await isThere(document, link))) broken.push(`${document}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

async function isThere(document: string, link: string): Promise<boolean> {
  const [path = '', heading] = link.split('#');
  const target = join(PROJECT, path === '' ? document : join(dirname(document), path));
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(await readFile(target, 'utf8')).includes(heading);
}

/** The anchors that the headings of a page have on GitHub. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
