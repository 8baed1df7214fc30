import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** In a document, or behind `@example` in the comment of a declaration. */
const SNIPPET = /^([ *]*)```ts\n([\s\S]*?)^[ *]*```$/gm;

it('TypeScript in documents and in comments is what the compiler takes', async () => {
  const snippets = new Map<string, string>();
  for await (const file of glob(['*.md', 'docs/**/*.md', '{client,lib}/*.ts'], { cwd: PROJECT })) {
    for (const [index, code] of snippetsOf(await readFile(join(PROJECT, file), 'utf8')).entries()) {
      snippets.set(join(PROJECT, `${file}-${index}.ts`), code);
    }
  }
  expect([...snippets.keys()].map((path) => path.replace(PROJECT, ''))).toEqual(
    expect.arrayContaining(['docs/api.md-0.ts', 'client/index.d.ts-0.ts']),
  );
  expect(complaintsOf(snippets)).toEqual([]);
}, 60_000);

function snippetsOf(text: string): string[] {
  return [...text.matchAll(SNIPPET)].map(([, margin, code = '']) =>
    margin ? code.replace(/^ *\* ?/gm, '') : code,
  );
}

/** What the compiler has to say of files that are not there, compiled as the project is. */
function complaintsOf(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? read(path);
  const program = ts.createProgram([...files.keys()], options, host);
  const faults = [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  return faults.map(
    ({ file, messageText }) =>
      `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}
