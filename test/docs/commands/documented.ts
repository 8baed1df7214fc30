import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const DOCUMENTS = ['*.md', 'docs/**/*.md', '.github/*.md'];

/** A block of commands, or a command in the middle of a sentence. */
const BLOCK_OR_INLINE =
  /^ *```(?:sh|bash|shell|console)\n(?<block>[\s\S]*?)^ *```$|(?<!`)`(?<inline>(?:[A-Z_]+=\S+ )*(?:npx|npm|node|git|aws|curl)\s[^`]+)`/gm;

/** A command that a document tells its reader to enter. */
export interface DocumentedCommand {
  /** Where it stands, such as `docs/cli.md`. */
  readonly document: string;
  /** As it stands there, over several lines perhaps. */
  readonly command: string;
}

/** Every command in every document, in the order in which they are read. */
export async function documentedCommands(): Promise<DocumentedCommand[]> {
  const documents: string[] = [];
  for await (const document of glob(DOCUMENTS, { cwd: PROJECT })) documents.push(document);
  const commands = await Promise.all(
    documents.toSorted().map(async (document) => {
      const text = await readFile(`${PROJECT}/${document}`, 'utf8');
      return commandsOf(text).map((command) => ({ document, command }));
    }),
  );
  return commands.flat();
}

/** The commands of one document. */
export function commandsOf(text: string): string[] {
  return [...text.matchAll(BLOCK_OR_INLINE)].flatMap(({ groups: { block, inline } = {} }) =>
    block === undefined ? [inOneLine(inline ?? '')] : commandsOfBlock(block),
  );
}

/** A command as the tables have it. */
export function inOneLine(command: string): string {
  return command.replace(/ *\\?\n\s*/g, ' ');
}

/** A command goes on in the next line after a backslash, and while a quotation mark is open. */
function commandsOfBlock(block: string): string[] {
  const commands: string[] = [];
  let begun: string[] = [];
  for (const line of block.trimEnd().split('\n')) {
    begun.push(begun.length === 0 ? line.trimStart() : line);
    if (line.endsWith('\\') || hasOpenQuote(begun.join('\n'))) continue;
    commands.push(begun.join('\n'));
    begun = [];
  }
  return [...commands, ...begun].filter((command) => command !== '' && !command.startsWith('#'));
}

function hasOpenQuote(command: string): boolean {
  return /['"]/.test(command.replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, ''));
}
