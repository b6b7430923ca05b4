/**
 * What goes between the service and a process that reads a file: the job as the only argument, the file on its standard input; then
 * a line of JSON on its standard output, and the picture or film behind it.
 */
import type { ErrorCode } from "../../../schemas/errors.js";
import type { Blur, Found } from "../media-record.js";

export interface CleanJob {
  /** Present: it is a picture that was cleaned before, of which these parts are to be made unreadable. */
  readonly blurs?: readonly Blur[];
  /** A folder for the process alone, not there yet, in which a film may lie in the open while it is read; whoever started it removes it. */
  readonly workFolder: string;
}

export type CleanAnswer =
  | { readonly found: Found; readonly sha256: string }
  | { readonly refused: ErrorCode; readonly sha256: string };
