/** One line of a function's structured log, as far as the local run tells people about it. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  /** What the line is about, besides the fields every line has. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Fields of the logger's own, which are no facts of a line. */
const OWN_FIELDS = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
]);

/**
 * Reads a line that a function wrote. A line that is no log entry (a stack trace, a warning of the
 * runtime) is taken for a warning; metrics are not for people, and undefined.
 */
export function readLogLine(line: string): LogLine | undefined {
  const entry = parse(line);
  if (!entry) return line.trim() === '' ? undefined : { level: 'WARN', message: line, facts: {} };
  if ('_aws' in entry) return undefined;
  const facts = Object.fromEntries(Object.entries(entry).filter(([name]) => !OWN_FIELDS.has(name)));
  return { level: String(entry.level), message: String(entry.message), facts };
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
