const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The one spelling of a job id: a UUID in lower case. Whatever goes into a URL goes through here.
 *
 * @returns the job id, or undefined when the text is no UUID
 */
export function parseJobId(text: string): string | undefined {
  const jobId = text.toLowerCase();
  return UUID.test(jobId) ? jobId : undefined;
}
