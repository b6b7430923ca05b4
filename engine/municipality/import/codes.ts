/**
 * Why a row of an import is refused: the codes of a row that can't be read (engine/registry/csv/row-codes.ts), and those of one that
 * does not fit the registry. A participant of another municipality is told apart neither from nobody, whose number and
 * address are free to give, nor from a participant number that nobody has, so that a file can't be used to find out who is
 * registered elsewhere.
 */
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { ROW_CODES } from "../../registry/csv/row-codes.js";

export const IMPORT_CODES = {
  ...ROW_CODES,
  PARTICIPANT_UNKNOWN: "participant: nobody here has this participant number; leave it empty for somebody new",
  PARTICIPANT_TWICE:
    "number, mail or participant: an earlier row is the same participant; put the rows of one together",
  PARTICIPANT_DIFFERS: "what is the participant's own differs from that of the row before with the same number or mail",
  LOCATION_MISSING: "lng, lat, postcode: who is new has a location here, and its row comes before that of the phone",
  NUMBER_AMBIGUOUS: "number: several participants here have it; merge them first",
  STATUS_ERASED: "status: an import erases nobody; erase a participant by itself",
  REGISTRY_FULL: "the registry has no room for as many newcomers until the service starts again",
  ORIGIN_GENERATED: "origin: somebody who does not exist joins no registry of people who do",
  ROW_ELSEWHERE: "lng, lat, municipality: not in this municipality",
  TOO_MANY_ROWS: `an import has at most ${MUNICIPALITY.importRows} rows`,
} as const;
export type ImportCode = keyof typeof IMPORT_CODES;

export interface RowRefusal {
  readonly line: number;
  readonly code: ImportCode;
  readonly reason: string;
}
