/**
 * Builds the page: a script and a style sheet of all that is in this folder, the icon, and the HTML that
 * names them. `node page/build.ts FOLDER` writes them there.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/** Makes the files of the page. The folder need not be there. */
export function buildPage(folder: string): void {
  buildSync({
    entryPoints: [
      { in: join(SOURCE, 'main.tsx'), out: 'page' },
      { in: join(SOURCE, 'page.css'), out: 'page' },
    ],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The compiler's settings are for code that is not bundled.
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  copyFileSync(join(SOURCE, 'icon.svg'), join(folder, 'icon.svg'));
  writeFileSync(
    join(folder, 'index.html'),
    html((name) => versioned(folder, name)),
  );
}

/**
 * The page without anything on it. Addresses are relative: it may be served below any path.
 *
 * @param addressOf gives the address of a file
 */
function html(addressOf: (name: string) => string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Extraction Monitor</title>
<link rel="icon" href="${addressOf('icon.svg')}">
<link rel="stylesheet" href="${addressOf('page.css')}">
<script type="module" src="${addressOf('page.js')}"></script>
</head>
<body><noscript>This page needs JavaScript.</noscript></body>
</html>
`;
}

/** A browser keeps a file for good, and asks for another when the address is another. */
function versioned(folder: string, name: string): string {
  const content = readFileSync(join(folder, name));
  return `${name}?v=${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

const [, program, folder] = process.argv;
if (program === fileURLToPath(import.meta.url) && folder) buildPage(folder);
