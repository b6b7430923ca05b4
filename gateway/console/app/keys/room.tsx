/** The page of API keys: which there are, making one, revoking one. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Key } from "../../../../schemas/api/rights.js";
import { ask, type Problem } from "../kit/api.js";
import { dayAndTime } from "../kit/i18n/figures.js";
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
  const revoke = async (key: Key): Promise<void> => {
    const answer = await ask<Key>("DELETE", `/v1/keys/${key.id}`);
    problem.value = answer.ok ? undefined : answer.problem;
    revoking.value = undefined;
    await load();
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
          onYes={revoke}
          onNo={() => {
            revoking.value = undefined;
          }}
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
  readonly onYes: (key: Key) => Promise<void>;
  readonly onNo: () => void;
}

function Revoke({ one, onYes, onNo }: RevokeProps): JSX.Element {
  const isBusy = useSignal(false);
  return (
    <Dialog title={words().revokeOf(one.name)} onClose={onNo}>
      <p>{words().sure(one.name)}</p>
      <div class="row">
        <Button
          look="danger"
          isBusy={isBusy.value}
          onPress={() => {
            isBusy.value = true;
            void onYes(one);
          }}
        >
          {words().revoke}
        </Button>
        <Button onPress={onNo}>{words().cancel}</Button>
      </div>
    </Dialog>
  );
}
