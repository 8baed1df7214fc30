/** How the monitor names itself in every request to upstream. */
export const USER_AGENT = 'extraction-monitor';
