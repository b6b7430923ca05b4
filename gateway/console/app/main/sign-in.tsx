/** Signing in with an API key, when the page opens and, over the room that stays as it is, when a session has ended. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { signIn } from "../kit/session.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { Dialog } from "../kit/ui/dialog.js";
import { TextField } from "../kit/ui/field.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { words } from "./words.js";

export function SignInPage(): JSX.Element {
  return (
    <main class="sign-in stack">
      <h1>Seinpost</h1>
      <SignInForm />
    </main>
  );
}

export function SignInAgain(): JSX.Element {
  return (
    <Dialog title={words().signInAgain}>
      <div class="stack">
        <p>{words().ended}</p>
        <SignInForm />
      </div>
    </Dialog>
  );
}

function SignInForm(): JSX.Element {
  const key = useSignal("");
  const { isBusy, problem, submit } = useSubmission(() => signIn(key.peek().trim()));
  return (
    <form class="stack" onSubmit={submit}>
      <TextField
        label={words().key}
        hint={words().keyHint}
        type="password"
        isRequired
        value={key.value}
        onInput={(value) => {
          key.value = value;
        }}
      />
      <ProblemStatus problem={problem.value} />
      <div>
        <Button submits look="main" isBusy={isBusy.value}>
          {words().signIn}
        </Button>
      </div>
    </form>
  );
}
