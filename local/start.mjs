// Plain JavaScript, so that a Node which cannot run the rest can still say so.
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

await import('./run.ts');
