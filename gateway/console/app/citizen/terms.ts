/** The terms of the field as a citizen reads them: channels, domains, kinds, days, and why somebody is not asked. A term that lacks does not compile. */
import type { ActionKind, AskedAnswer, Channel, Domain } from "../../../../schemas/words.js";
import { type SameWords, wordsOf } from "../kit/i18n/language.js";

type Terms = Record<Channel | Domain | ActionKind | AskedAnswer, string>;

const nl = {
  ...{ sms: "sms", push: "app", email: "e-mail", voice: "telefoon" },
  ...{ inform: "Nieuws en tips", involve: "Meedenken", alarm: "Gevaar", trace: "Uitkijken naar iemand" },
  ...{
    missingPerson: "Vermist persoon",
    burglary: "Inbraak",
    intrusion: "Insluiping",
    hitAndRun: "Doorrijden na ongeval",
  },
  ...{
    offenderAtLarge: "Verdachte op de vlucht",
    calamity: "Ramp",
    other: "Anders",
    fire: "Brand",
    threat: "Dreiging",
  },
  ...{ nuisance: "Overlast", prevention: "Preventie", question: "Vraag aan de buurt" },
  ...{ asked: "ja", unconfirmed: "nog niet bevestigd", paused: "op pauze", channelOff: "staat uit" },
  ...{ noNumber: "geen adres hiervoor", unwelcome: "niet gekozen", hours: "nu niet in uw uren" },
  ...{ notInGroup: "niet in die groep", askedOften: "net al vaak gevraagd", otherAction: "al bij een andere actie" },
  ...{ noService: "kan nog niet", noPosition: "plek onbekend" },
  ...{ home: "Thuis", work: "Werk", elsewhere: "Elders" },
  ...{ mo: "ma", tu: "di", we: "wo", th: "do", fr: "vr", sa: "za", su: "zo" },
  ...{
    dangerHours: "op elk uur",
    dangerChannels: "op elk uur, hoe dan ook",
    dangerNothing: "ook dan alleen zoals hierboven",
  },
} satisfies Terms;

const en: SameWords<typeof nl> = {
  ...{ sms: "SMS", push: "app", email: "mail", voice: "phone" },
  ...{ inform: "News and tips", involve: "Having a say", alarm: "Danger", trace: "Looking out for somebody" },
  ...{ missingPerson: "Missing person", burglary: "Burglary", intrusion: "Intrusion", hitAndRun: "Hit and run" },
  ...{ offenderAtLarge: "Suspect on the run", calamity: "Calamity", other: "Other", fire: "Fire", threat: "Threat" },
  ...{ nuisance: "Nuisance", prevention: "Prevention", question: "Question to the neighbourhood" },
  ...{ asked: "yes", unconfirmed: "not confirmed yet", paused: "paused", channelOff: "is off" },
  ...{ noNumber: "no address for it", unwelcome: "not chosen", hours: "not in your hours now" },
  ...{ notInGroup: "not in that group", askedOften: "asked often just now", otherAction: "in another action already" },
  ...{ noService: "not possible yet", noPosition: "place unknown" },
  ...{ home: "Home", work: "Work", elsewhere: "Elsewhere" },
  ...{ mo: "Mo", tu: "Tu", we: "We", th: "Th", fr: "Fr", sa: "Sa", su: "Su" },
  ...{
    dangerHours: "at any hour",
    dangerChannels: "at any hour, by any means",
    dangerNothing: "only as above even then",
  },
};

export const terms = wordsOf({ nl, en });
