/** One place: what it is and where, what is welcome there over which channel, and when. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ActionKind, Channel, Domain } from "../../../../schemas/words.js";
import { Button } from "../kit/ui/button.js";
import { CheckField, ChoiceField } from "../kit/ui/field.js";
import { HoursField } from "./hours-field.js";
import { me, type Place } from "./state.js";
import { terms } from "./terms.js";
import { Where } from "./where.js";
import { words } from "./words.js";

const DOMAINS: readonly Domain[] = ["alarm", "trace", "involve", "inform"];
/** Those over which something can be sent, and that need an address which this participant has. */
const CHANNELS: readonly (readonly [Channel, "number" | "mail"])[] = [
  ["sms", "number"],
  ["email", "mail"],
];
/** Every kind, checked by the compiler. */
const KINDS = Object.keys({
  ...{ missingPerson: 0, burglary: 0, intrusion: 0, hitAndRun: 0, offenderAtLarge: 0, calamity: 0 },
  ...{ fire: 0, threat: 0, nuisance: 0, prevention: 0, question: 0, other: 0 },
} satisfies Record<ActionKind, 0>) as ActionKind[];

interface Props {
  readonly place: Place;
  readonly onSave: (place: Place) => Promise<unknown>;
  readonly onRemove?: () => Promise<unknown>;
}

export function PlaceEditor({ place, onSave, onRemove }: Props): JSX.Element {
  const draft = useSignal(place);
  const isBusy = useSignal(false);
  const put = (changed: Partial<Place>): void => {
    draft.value = { ...draft.value, ...changed };
  };
  const run = async (done: Promise<unknown>): Promise<void> => {
    isBusy.value = true;
    await done;
    isBusy.value = false;
  };
  const { kind, position, postcode, hours, inDanger } = draft.value;
  const kinds = { home: terms().home, work: terms().work, other: terms().elsewhere };
  const where = postcode ?? `${position[1].toFixed(3)}, ${position[0].toFixed(3)}`;
  return (
    <section class="place stack">
      <h2>{words().place(kinds[kind], where)}</h2>
      <ChoiceField
        label={words().kindOfPlace}
        value={kind}
        choices={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        onChoose={(value) => put({ kind: value as Place["kind"] })}
      />
      <Where place={draft.value} onChange={put} />
      <Wishes place={draft.value} onChange={put} />
      <HoursField hours={hours} onChange={(text) => put({ hours: text })} />
      <ChoiceField
        label={words().danger}
        value={inDanger}
        choices={[
          { value: "hours", label: terms().dangerHours },
          { value: "channels", label: terms().dangerChannels },
          { value: "nothing", label: terms().dangerNothing },
        ]}
        onChoose={(value) => put({ inDanger: value as Place["inDanger"] })}
      />
      <div class="row">
        <Button look="main" isBusy={isBusy.value} onPress={() => void run(onSave(draft.value))}>
          {words().save}
        </Button>
        {onRemove && (
          <Button isBusy={isBusy.value} onPress={() => void run(onRemove())}>
            {words().removePlace}
          </Button>
        )}
      </div>
    </section>
  );
}

function Wishes({
  place,
  onChange,
}: {
  readonly place: Place;
  readonly onChange: (changed: Partial<Place>) => void;
}): JSX.Element {
  const channels = CHANNELS.filter(([, needed]) => me.value?.[needed] !== null);
  const switched = <T extends string>(list: readonly T[] | undefined, one: T, isOn: boolean): T[] => [
    ...(list ?? []).filter((other) => other !== one),
    ...(isOn ? [one] : []),
  ];
  const not = place.except.sms;
  return (
    <>
      <fieldset>
        <legend>{words().channels}</legend>
        <div class="wishes">
          {channels.flatMap(([channel]) =>
            DOMAINS.map((domain) => (
              <CheckField
                key={`${channel} ${domain}`}
                label={`${terms()[domain]} (${terms()[channel]})`}
                isOn={place.channels[channel]?.includes(domain) ?? false}
                onSwitch={(isOn) =>
                  onChange({
                    channels: { ...place.channels, [channel]: switched(place.channels[channel], domain, isOn) },
                  })
                }
              />
            )),
          )}
        </div>
      </fieldset>
      {me.value?.number && (
        <details>
          <summary>{words().except}</summary>
          <div class="wishes">
            {KINDS.map((kind) => (
              <CheckField
                key={kind}
                label={terms()[kind]}
                isOn={not?.includes(kind) ?? false}
                onSwitch={(isOn) => onChange({ except: { ...place.except, sms: switched(not, kind, isOn) } })}
              />
            ))}
          </div>
        </details>
      )}
    </>
  );
}
