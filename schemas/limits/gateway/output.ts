/** Bounds of what the service says on its own output. */
export const OUTPUT = {
  /** Bytes of lines that wait for whoever reads them: some thousand lines of the log, an outage of minutes. */
  waitingBytes: 1_048_576,
  /** How often it is tried to write what waits; each time is one call of the system. */
  retryMs: 200,
} as const;
