import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { synthesisOfStack } from '../../local/synthesis.ts';

/** Code in a folder of its own, and what is kept of its synthesis. */
function codeIn() {
  const folder = mkdtempSync(join(tmpdir(), 'extraction-monitor-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'lib/old.parts'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const kept = 'node_modules/.cache/synthesis.json';
  write('lib/stack.ts', 'a stack');
  return {
    root: pathToFileURL(`${folder}/`),
    write,
    kept: () => JSON.parse(readFileSync(join(folder, kept), 'utf8')),
    keep: (text: string) => write(kept, text),
  };
}

it('what was synthesized of the same code is taken again, and of no other', async () => {
  const { root, write, kept, keep } = codeIn();
  const first = await synthesisOfStack(root);
  expect(Object.keys(first.template.Resources)).not.toEqual([]);
  expect(first.routeKeys).not.toEqual([]);
  keep(JSON.stringify({ ...kept(), synthesis: { ...first, routeKeys: ['of before'] } }));
  await expect(synthesisOfStack(root)).resolves.toEqual({ ...first, routeKeys: ['of before'] });

  write('lib/stack.ts', 'another stack');
  await expect(synthesisOfStack(root)).resolves.toEqual(first);
  expect(kept().synthesis).toEqual(first);
});

it('code that is changed while it is synthesized is not what the synthesis is kept for', async () => {
  const { root, write, kept } = codeIn();
  const going = synthesisOfStack(root);
  write('lib/stack.ts', 'another stack');
  expect((await going).routeKeys).not.toEqual([]);
  expect(kept).toThrow('ENOENT');
});

it('a start does without what is kept where it is broken, or cannot be', async () => {
  const { root, keep } = codeIn();
  writeFileSync(new URL('node_modules', root), 'no folder');
  const first = await synthesisOfStack(root);
  expect(first.routeKeys).not.toEqual([]);
  rmSync(new URL('node_modules', root));
  mkdirSync(new URL('node_modules/.cache', root), { recursive: true });
  keep('{"code": ');
  await expect(synthesisOfStack(root)).resolves.toEqual(first);
});
