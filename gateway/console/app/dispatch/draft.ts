/**
 * What a dispatcher has drawn and written so far, and what is asked of the service with it. A value of JSON, so that it can be kept over a
 * reload, a lost network and an ended session (kit/kept.ts).
 */
import type { Mode } from "../../../../schemas/words.js";
import { type Area, areaOf, type Shape } from "../map/areas.js";

export interface Draft {
  readonly shapes: readonly Shape[];
  readonly kind: string;
  /** What was filled in, by the field's name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Written out in place of what the kind makes of the fields. */
  readonly ownText: string | null;
  readonly mode: Mode;
  readonly testGroup: string;
  readonly extreme: boolean;
  /** Where the area holds fewer, the nearest until so many; 0: the area alone. */
  readonly enough: number;
}

export const NEW_DRAFT: Draft = {
  shapes: [],
  kind: "missingPerson",
  fields: {},
  ownText: null,
  mode: "actual",
  testGroup: "",
  extreme: false,
  enough: 0,
};

/** What of a kind counts here (GET /v1/kinds). */
export interface Field {
  readonly name: string;
  readonly label: Readonly<Record<string, string>>;
  readonly required: boolean;
  readonly example: string;
  readonly choices?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
export interface Kind {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly domain: string;
  readonly radiusMeters: number;
  readonly lifeMinutes: number;
  readonly fields: readonly Field[];
}

/** What both a preview and an action are asked with. */
export interface Asked {
  readonly area: Area;
  readonly kind: string;
  readonly mode: Mode;
  readonly testGroup?: string;
  readonly urgency?: "extreme";
  readonly domain?: "alarm";
  readonly enough?: number;
  readonly text?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What is still wanted before it can be sent, in the order of the page. */
export type Lack =
  | { readonly of: "area" | "text" | "testGroup" | "municipalityAlone" }
  | { readonly of: "field"; readonly field: Field };

export function lacks(draft: Draft, kind: Kind | undefined): Lack[] {
  const area: Lack[] =
    draft.shapes.length === 0 ? [{ of: "area" }] : areaOf(draft.shapes) ? [] : [{ of: "municipalityAlone" }];
  const group: Lack[] = draft.mode !== "actual" && draft.testGroup === "" ? [{ of: "testGroup" }] : [];
  return [...area, ...lacksOfText(draft, kind), ...group];
}

function lacksOfText({ ownText, fields }: Draft, kind: Kind | undefined): Lack[] {
  if (ownText !== null || kind === undefined) return (ownText ?? "").trim() === "" ? [{ of: "text" }] : [];
  return kind.fields
    .filter(({ name, required }) => required && (fields[name] ?? "").trim() === "")
    .map((field) => ({ of: "field", field }));
}

/** What a preview is asked with: without words as long as they are not whole. Undefined while no area is drawn. */
export function askedOf(draft: Draft, kind: Kind | undefined): Asked | undefined {
  const area = areaOf(draft.shapes);
  if (area === undefined || (draft.mode !== "actual" && draft.testGroup === "")) return undefined;
  const { mode, testGroup, extreme, enough, ownText } = draft;
  const isWhole = lacksOfText(draft, kind).length === 0;
  return {
    area,
    kind: draft.kind,
    mode,
    ...(mode !== "actual" && { testGroup }),
    ...(extreme && mode === "actual" && { urgency: "extreme", domain: "alarm" }),
    ...(enough > 0 && area.type !== "Municipality" && { enough }),
    ...(isWhole && (ownText === null ? { fields: filledIn(draft, kind) } : { text: ownText.trim() })),
  };
}

/** Of this kind's fields those that say something; of another kind nothing goes along. */
function filledIn({ fields }: Draft, kind: Kind | undefined): Record<string, string> {
  const names = kind?.fields.map(({ name }) => name) ?? [];
  const filled = names.map((name) => [name, (fields[name] ?? "").trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}
