/** A room that is loaded when it is entered; a network that is gone in that moment can be tried again. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../kit/ui/button.js";
import { Status } from "../kit/ui/status.js";
import type { RoomEntry, RoomModule } from "./rooms.js";
import { words } from "./words.js";

export function Room({ room, rest }: { readonly room: RoomEntry; readonly rest: string }): JSX.Element {
  const loaded = useSignal<RoomModule | "failed" | undefined>(undefined);
  const load = async (): Promise<void> => {
    loaded.value = undefined;
    loaded.value = await room.load().catch(() => "failed" as const);
  };
  useEffect(() => void load(), [room]);
  useEffect(() => {
    document.title = `${words()[room.title] as string} · Seinpost`;
  });
  if (loaded.value === undefined) return <Status>{words().loading}</Status>;
  if (loaded.value === "failed") {
    return (
      <div class="stack">
        <Status tone="bad">{words().notLoaded}</Status>
        <div>
          <Button onPress={() => void load()}>{words().again}</Button>
        </div>
      </div>
    );
  }
  return <loaded.value.Room rest={rest} />;
}
