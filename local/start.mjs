// Plain JavaScript, so that a Node which cannot run the rest can still say so.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < NEEDED) {
  console.error(`Extraction Monitor runs on Node ${NEEDED}; this is Node ${process.versions.node}.

"npm ci" installs Node ${NEEDED} beside the project, and npm scripts use it by themselves. So either
  - start with "npm start" rather than "node local/start.mjs", or
  - if this was "npm start": install scripts did not run. Run "npm ci" again, without
    --ignore-scripts, and then "npm start".`);
  process.exit(1);
}

// Without it, each start and each of its threads strips the types and compiles anew. Threads find it by the
// environment; where nothing can be written, all is as without it.
process.env.NODE_COMPILE_CACHE ||= fileURLToPath(
  new URL('../node_modules/.cache/compiled', import.meta.url),
);
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);

await import('./run.ts');
