#!/usr/bin/env node
// Plain JavaScript: whatever Node a person has starts it. From its package it runs the bundle, in which
// there are no types; in a checkout it sees that Node 24 runs the source.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const MAIN = new URL('./main.ts', import.meta.url);
const BUNDLE = new URL('../dist/cli.mjs', import.meta.url);
const BUNDLED_NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (!existsSync(MAIN)) {
  await import(BUNDLE.href);
} else if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  await import(MAIN.href);
} else if (existsSync(BUNDLED_NODE)) {
  runWith(BUNDLED_NODE);
} else {
  console.error(`The command line runs on Node ${NEEDED}; this is Node ${process.versions.node}.
"npm ci" in the folder of the project installs Node ${NEEDED} beside it, unless it is run with
--ignore-scripts.`);
  process.exitCode = 2;
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(MAIN), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the child, too: it decides what becomes of it, and this one waits.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}
