/** Alarms in words by which a person can act: what is the matter, and what to do. An alarm without words of its own is told as the service tells it. */
import { type SameWords, wordsOf } from "../kit/i18n/language.js";

const nl = {
  CARRIERS_ALL_OFF:
    "Er gaat niets meer uit: alle providers zijn gepauzeerd of lopen leeg. Zet er hieronder minstens één weer aan.",
  CARRIER_OFF: "Een provider is door iemand uitgezet. Zet hem weer aan als het werk klaar is.",
  CARRIER_DOWN: "Een provider is niet verbonden. Bel de provider als dit blijft; de anderen nemen zijn deel over.",
  CARRIER_REJECTING: "Een provider weigert wat hij krijgt. Bel de provider; pauzeer hem als het blijft.",
  ACTION_HELD: "Een actie wordt vastgehouden en wacht op een besluit. Zie hieronder waarom.",
  ACTION_FAILED: "Een actie is mislukt. Waarschuw wie hem verstuurde.",
  NO_ROUTE:
    "Mensen wachten omdat geen provider hun nummer bedient. Zet een provider aan, of vul de routes aan in het bestand van de providers.",
  DESK_FULL: "De meldkamer kan de reacties niet aan; de rest wordt later gevraagd. Zet meer mensen aan de telefoon.",
  KEYS_END: "API-sleutels verlopen binnenkort. Maak nieuwe, of verleng ze, voordat iemand wordt geweigerd.",
  BUDGET_EXCEEDED:
    "Iemand wilde meer versturen dan het budget van de sleutel toelaat. Neem contact op met wie de sleutel heeft.",
  CODES_UNUSED:
    "Codes per sms worden nauwelijks gebruikt: misschien verdient iemand aan hun aankomst. Sluit het land af in de instellingen.",
  WEBHOOK_UNREACHABLE:
    "Een ander systeem antwoordt niet op meldingen. Waarschuw de beheerder ervan; niets gaat verloren.",
};

const en: SameWords<typeof nl> = {
  CARRIERS_ALL_OFF: "Nothing goes out: all carriers are paused or draining. Switch at least one on below.",
  CARRIER_OFF: "Somebody has switched a carrier off. Switch it on when the work is done.",
  CARRIER_DOWN: "A carrier is not connected. Call the carrier if this lasts; the others take its part.",
  CARRIER_REJECTING: "A carrier refuses what it gets. Call the carrier; pause it if this lasts.",
  ACTION_HELD: "An action is held and waits for a decision. See below why.",
  ACTION_FAILED: "An action has failed. Warn whoever sent it.",
  NO_ROUTE:
    "People wait because no carrier serves their number. Switch a carrier on, or add routes to the file of carriers.",
  DESK_FULL: "The answering desk can't keep up; the rest are asked later. Put more people on the phone.",
  KEYS_END: "API keys end soon. Make new ones before somebody is refused.",
  BUDGET_EXCEEDED: "Somebody wanted to send more than the key's budget allows. Contact whoever has the key.",
  CODES_UNUSED:
    "Codes by SMS are hardly used: somebody may be paid for their arrival. Shut that country off in the settings.",
  WEBHOOK_UNREACHABLE: "Another system does not answer to events. Warn whoever runs it; nothing is lost.",
};

const words = wordsOf({ nl, en });

/** Undefined where there are no words but the service's own. */
export function adviceOn(code: string): string | undefined {
  return (words() as Readonly<Record<string, string>>)[code];
}

/** By SMPP 3.4, 5.1.3: the refusals that carriers give most. */
const refusalsNl = {
  "1": "bericht te lang",
  "8": "fout bij de provider",
  "10": "afzender niet toegestaan",
  "11": "nummer bestaat niet",
  "13": "aanmelden mislukt",
  "20": "wachtrij van de provider vol",
  "69": "kon niet worden aangenomen",
  "88": "te snel verstuurd",
  "97": "tijdstip niet toegestaan",
  "98": "geldigheidsduur niet toegestaan",
  "255": "onbekende fout",
};
const refusalsEn: SameWords<typeof refusalsNl> = {
  "1": "message too long",
  "8": "the carrier's own error",
  "10": "sender not allowed",
  "11": "number does not exist",
  "13": "could not sign in",
  "20": "the carrier's queue is full",
  "69": "could not be taken",
  "88": "sent too fast",
  "97": "time not allowed",
  "98": "validity not allowed",
  "255": "unknown error",
};
const refusals = wordsOf({ nl: refusalsNl, en: refusalsEn });

export function refusalText(code: number): string | undefined {
  return (refusals() as Readonly<Record<string, string>>)[String(code)];
}
