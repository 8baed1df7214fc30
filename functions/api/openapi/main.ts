import { writeFile } from 'node:fs/promises';
import { openApiDocument } from './document.ts';

const document = openApiDocument();

/** One for people and generators, and one that the function is deployed with. */
await writeFile(
  new URL('../../../docs/openapi.json', import.meta.url),
  `${JSON.stringify(document, null, 2)}\n`,
);
await writeFile(
  new URL('../extraction-monitor.openapi.json', import.meta.url),
  `${JSON.stringify(document)}\n`,
);
