/**
 * The frame around the rooms: who is signed in, which rooms there are, and the room itself. When a session ends the room stays as it is,
 * with all that was typed, behind the dialog in which one signs in again.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Problem } from "../kit/api.js";
import { go, path } from "../kit/router.js";
import { mayAny, recallSession, signOut } from "../kit/session.js";
import { session } from "../kit/session-state.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { Room } from "./room.js";
import { ROOMS } from "./rooms.js";
import { SignInAgain, SignInPage } from "./sign-in.js";
import { Taste } from "./taste.js";
import { words } from "./words.js";

export function Shell(): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const recall = async (): Promise<void> => {
    problem.value = await recallSession();
  };
  useEffect(() => void recall(), []);
  const now = session.value;
  if (now.is === "none") return <SignInPage />;
  if (now.is === "unknown") {
    return (
      <main class="sign-in stack">
        <h1>Seinpost</h1>
        {problem.value === undefined && <Status>{words().loading}</Status>}
        <ProblemStatus problem={problem.value} />
        {problem.value && <Button onPress={() => void recall()}>{words().again}</Button>}
      </main>
    );
  }
  return (
    <>
      <Frame name={now.who.name} />
      {now.is === "ended" && <SignInAgain />}
    </>
  );
}

function Frame({ name }: { readonly name: string }): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const rooms = ROOMS.filter(({ scopes }) => mayAny(...scopes));
  const [, , named = "", ...rest] = path.value.split("/");
  const first = rooms[0];
  useEffect(() => {
    if (named === "" && first) go(`/console/${first.name}`, true);
  }, [named, first]);
  const room = rooms.find((one) => one.name === named);
  const leave = async (): Promise<void> => {
    problem.value = await signOut();
  };
  return (
    <div class="shell">
      <header>
        <a class="skip" href="#content">
          {words().skip}
        </a>
        <span class="name">Seinpost</span>
        <nav aria-label={words().menu}>
          {rooms.map((one) => (
            <a key={one.name} href={`/console/${one.name}`} aria-current={one === room ? "page" : undefined}>
              {words()[one.title] as string}
            </a>
          ))}
        </nav>
        <Taste />
        <span class="quiet">{words().signedInAs(name)}</span>
        <Button onPress={() => void leave()}>{words().signOut}</Button>
      </header>
      <div>
        <ProblemStatus problem={problem.value} />
      </div>
      <main id="content" tabIndex={-1}>
        {room && <Room key={room.name} room={room} rest={rest.join("/")} />}
        {!room && rooms.length === 0 && <Status>{words().noRooms}</Status>}
        {!room && rooms.length > 0 && named !== "" && <Status tone="warn">{words().nothing}</Status>}
      </main>
    </div>
  );
}
