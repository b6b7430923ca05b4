/** The colours of the map, as the page's tokens have them now: light, or dark. */
export interface Colours {
  readonly water: string;
  readonly land: string;
  readonly abroad: string;
  readonly border: string;
  readonly name: string;
  readonly area: string;
  readonly other: string;
}

const TOKENS: Readonly<Record<keyof Colours, string>> = {
  water: "--water",
  land: "--land",
  abroad: "--panel",
  border: "--edge",
  name: "--ink",
  area: "--accent",
  other: "--quiet",
};

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const entries = Object.entries(TOKENS).map(([name, token]) => [name, style.getPropertyValue(token).trim()]);
  return Object.fromEntries(entries) as Record<keyof Colours, string>;
}
