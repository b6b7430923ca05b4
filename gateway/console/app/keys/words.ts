/** The words of the page of API keys. */
import { type SameWords, wordsOf } from "../kit/i18n/language.js";

const nl = {
  title: "API-sleutels",
  caption: "Sleutels",
  name: "Naam",
  status: "Stand",
  scopes: "Mag",
  lastUsed: "Laatst gebruikt",
  expires: "Verloopt",
  never: "nooit",
  active: "actief",
  expired: "verlopen",
  revoked: "ingetrokken",
  revoke: "Intrekken",
  revokeOf: (name: string) => `Sleutel ${name} intrekken`,
  sure: (name: string) => `Sleutel ${name} werkt dan meteen niet meer, en wie ermee is aangemeld wordt afgemeld.`,
  cancel: "Annuleren",
  more: "Meer tonen",
  none: "Er zijn geen sleutels.",
  make: "Nieuwe sleutel",
  nameHint: "Van welke organisatie of welk systeem hij is; geen naam van een persoon.",
  made: "Dit is de nieuwe sleutel. Hij wordt alleen nu getoond:",
};

const en: SameWords<typeof nl> = {
  title: "API keys",
  caption: "Keys",
  name: "Name",
  status: "Status",
  scopes: "May",
  lastUsed: "Last used",
  expires: "Expires",
  never: "never",
  active: "active",
  expired: "expired",
  revoked: "revoked",
  revoke: "Revoke",
  revokeOf: (name) => `Revoke key ${name}`,
  sure: (name) => `Key ${name} stops working at once, and whoever is signed in with it is signed out.`,
  cancel: "Cancel",
  more: "Show more",
  none: "There are no keys.",
  make: "New key",
  nameHint: "Whose organisation or system it is; no name of a person.",
  made: "This is the new key. It is shown only now:",
};

export const words = wordsOf({ nl, en });
