/** Bounds of kinds of action, and of texts before they go out. */
import { ROUNDS } from "../limits/engine/dispatch.js";

/** Bounds of the catalogue of kinds, and of what is said of a text before it goes out. */
export const KINDS = {
  /** Entries: a dispatcher picks one from a list. */
  entries: 200,
  /** Bytes of the file: a hundred kinds in nine languages take a third of it. */
  fileBytes: 2_097_152,
  /** Characters of an id. */
  idCharacters: 40,
  /** Fields of an entry; a dispatcher fills in three. */
  fields: 12,
  /** Choices of a field. */
  choices: 20,
  /** Characters of a name or a label. */
  nameCharacters: 80,
  /** Characters of what is filled in: a description of somebody is a line. */
  fieldCharacters: 300,
  /** Characters of a message of the catalogue, with its arguments: what it makes may not be longer than a text. */
  messageCharacters: 1_530,
  /** Words, abbreviations, numbers and hosts in one list. */
  words: 1_000,
  /** Persons that are enough for a kind: as many as an action may be told to ask until. */
  enoughMax: ROUNDS.enoughMax,
} as const;

/** The same text to the same people. */
export const REPEATS = {
  /**
   * For how long it is a repeat: a day, within which an alert went out eleven times. After it a search that goes on is announced
   * anew.
   */
  withinMs: 86_400_000,
  /** The share of an area that was asked the same before from which on it is the same people. */
  share: 0.5,
  /** Points along each side of the grid by which shares of areas are compared: 256 points, so that a share is right to about 3 %. */
  gridPoints: 16,
  /** Vertices of an area, and rings, as it is compared: 256 points against 128 edges are some 0.1 ms. */
  vertices: 128,
  rings: 16,
  /** Texts that are known, the newest: a day of three a minute. Each costs 300 bytes, of a drawn area up to 6 kB. */
  kept: 5_000,
  /** Of those of one text, the newest, how many areas are compared. */
  compared: 16,
  /** Those that one commit takes out. */
  forgottenAtOnce: 16,
} as const;
