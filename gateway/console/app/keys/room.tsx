/** The page of API keys: which there are, making one, revoking one. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Key } from "../../../../schemas/api/rights.js";
import { ask, type Problem } from "../kit/api.js";
import { dayAndTime } from "../kit/i18n/figures.js";
import { useSubmission } from "../kit/submission.js";
import { Button } from "../kit/ui/button.js";
import { Dialog } from "../kit/ui/dialog.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { MakeKey } from "./make.js";
import { words } from "./words.js";

interface Page {
  readonly keys: readonly Key[];
  readonly next: string | null;
}

export function Room(): JSX.Element {
  const page = useSignal<Page>({ keys: [], next: null });
  const problem = useSignal<Problem | undefined>(undefined);
  const revoking = useSignal<Key | undefined>(undefined);
  const load = async (after?: string): Promise<void> => {
    const answer = await ask<Page>("GET", `/v1/keys${after === undefined ? "" : `?after=${after}`}`);
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    const before = after === undefined ? [] : page.value.keys;
    page.value = { keys: [...before, ...answer.value.keys], next: answer.value.next };
  };
  useEffect(() => void load(), []);
  const close = (): void => {
    revoking.value = undefined;
  };
  const { next } = page.value;
  return (
    <div class="stack">
      <h1>{words().title}</h1>
      <ProblemStatus problem={problem.value} />
      <Table
        caption={words().caption}
        columns={columns((key) => {
          revoking.value = key;
        })}
        rows={page.value.keys}
        keyOf={({ id }) => id}
        empty={words().none}
      />
      {next !== null && (
        <div>
          <Button onPress={() => void load(next)}>{words().more}</Button>
        </div>
      )}
      <MakeKey onMade={() => void load()} />
      {revoking.value && (
        <Revoke
          one={revoking.value}
          onRevoked={() => {
            close();
            void load();
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

function columns(onRevoke: (key: Key) => void): readonly Column<Key>[] {
  const at = (moment: string | null): string => (moment === null ? words().never : dayAndTime(moment));
  return [
    { title: words().name, show: ({ name }) => name },
    { title: words().status, show: ({ status }) => words()[status] },
    { title: words().scopes, show: ({ scopes }) => scopes.join(", ") },
    { title: words().lastUsed, show: ({ lastUsedAt }) => at(lastUsedAt) },
    { title: words().expires, show: ({ expiresAt }) => at(expiresAt) },
    {
      title: words().revoke,
      show: (key) =>
        key.status === "active" && (
          <Button label={words().revokeOf(key.name)} onPress={() => onRevoke(key)}>
            {words().revoke}
          </Button>
        ),
    },
  ];
}

interface RevokeProps {
  readonly one: Key;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

function Revoke({ one, onRevoked, onClose }: RevokeProps): JSX.Element {
  const { isBusy, problem, submit } = useSubmission(() => ask<Key>("DELETE", `/v1/keys/${one.id}`), onRevoked);
  return (
    <Dialog title={words().revokeOf(one.name)} onClose={onClose}>
      <p>{words().sure(one.name)}</p>
      <ProblemStatus problem={problem.value} />
      <div class="row">
        <Button look="danger" isBusy={isBusy.value} onPress={submit}>
          {words().revoke}
        </Button>
        <Button onPress={onClose}>{words().cancel}</Button>
      </div>
    </Dialog>
  );
}
