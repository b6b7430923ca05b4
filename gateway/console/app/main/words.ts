/** The words of the frame around the rooms, and of signing in. */
import { type SameWords, wordsOf } from "../kit/i18n/language.js";

const nl = {
  skip: "Naar de inhoud",
  menu: "Hoofdmenu",
  dispatch: "Nieuwe actie",
  live: "Lopend",
  keys: "Sleutels",
  signIn: "Aanmelden",
  signInAgain: "Opnieuw aanmelden",
  ended: "Uw sessie is beëindigd. Wat u invulde blijft staan.",
  key: "API-sleutel",
  keyHint: "Begint met spk_. De sleutel wordt één keer verstuurd en nergens in de browser bewaard.",
  signOut: "Afmelden",
  signedInAs: (name: string) => `Aangemeld als ${name}`,
  loading: "Bezig met laden …",
  nothing: "Deze pagina bestaat niet, of is niet voor deze sleutel.",
  noRooms: "Voor deze sleutel is hier geen pagina. Wat hij mag, kan via de API.",
  notLoaded: "Deze pagina kon niet worden geladen.",
  again: "Probeer opnieuw",
  theme: "Weergave",
  auto: "Automatisch",
  light: "Licht",
  dark: "Donker",
  language: "Taal",
};

const en: SameWords<typeof nl> = {
  skip: "To the content",
  menu: "Main menu",
  dispatch: "New action",
  live: "Live",
  keys: "Keys",
  signIn: "Sign in",
  signInAgain: "Sign in again",
  ended: "Your session has ended. What you typed is kept.",
  key: "API key",
  keyHint: "Begins with spk_. The key is sent once and kept nowhere in the browser.",
  signOut: "Sign out",
  signedInAs: (name) => `Signed in as ${name}`,
  loading: "Loading …",
  nothing: "There is no such page, or it is not for this key.",
  noRooms: "There is no page here for this key. What it may do can be done by the API.",
  notLoaded: "This page could not be loaded.",
  again: "Try again",
  theme: "Appearance",
  auto: "Automatic",
  light: "Light",
  dark: "Dark",
  language: "Language",
};

export const words = wordsOf({ nl, en });
