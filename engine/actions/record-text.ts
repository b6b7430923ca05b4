/**
 * The text of an action's record. A large area is written once, for as long as somebody has it: it takes 3 ms of the main thread, and
 * an action is put each time that something becomes of it.
 */
import { randomUUID } from "node:crypto";
import { isLarge } from "./preview/area-check.js";
import type { ActionRecord } from "./record.js";

/** Stands for the area in the text around it; nobody else knows it, so it is in no other place of a record. */
const MARK = randomUUID();
const MARK_TEXT = JSON.stringify(MARK);

const texts = new WeakMap<object, string>();

/** JSON of the record, which begins with its version. */
export function recordText(version: number, record: ActionRecord): string {
  const { request } = record;
  if (!isLarge(request.area)) return JSON.stringify({ version, ...record });
  const text = JSON.stringify({ version, ...record, request: { ...request, area: MARK } });
  const at = text.indexOf(MARK_TEXT);
  return text.slice(0, at) + areaText(request.area) + text.slice(at + MARK_TEXT.length);
}

function areaText(area: object): string {
  const known = texts.get(area);
  if (known !== undefined) return known;
  const text = JSON.stringify(area);
  texts.set(area, text);
  return text;
}
