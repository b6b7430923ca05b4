/** Which requests leave a record, and that nothing is done or answered whose record could not be written. */
import { expect, test } from "vitest";
import type { Done } from "../../../../engine/audit/trail.js";
import { respond } from "../../../../gateway/http/request/response.js";
import { type RawHead, type Route, route } from "../../../../gateway/http/request/route.js";
import { audited } from "../../../../gateway/http/routes/audited.js";
import { ParticipantNumber } from "../../../../schemas/api/municipality.js";
import { fail, ok, type Result } from "../../../../schemas/errors.js";
import { principalOf } from "../../../engine/rights/principals.js";
import { PLAIN_HEAD } from "../request/plain-head.js";

const who = { ...principalOf("desk"), participant: 12, address: "", session: "" };
const head: RawHead = { ...PLAIN_HEAD, method: "DELETE", path: "/v1/self", who };

function erasing(answer: Result<{ status: number; body: unknown }>, noted: Result<void> = ok(undefined)) {
  const steps: unknown[] = [];
  const plain: Route = route({
    method: "DELETE",
    path: "/v1/self",
    summary: "Leave",
    auth: "self",
    response: { status: 204, description: "Gone" },
    handle: () => {
      steps.push("erased");
      return answer;
    },
  });
  const trail = {
    note: async (done: Done) => {
      steps.push([done.deed, done.refused ?? done.on]);
      return noted;
    },
  };
  const [heard] = audited([plain], trail);
  return { steps, run: () => heard!.run(head, new Uint8Array(0)) };
}

test("who is erased is on record before and after, so that of the first alone nobody takes it for done", async () => {
  const done = erasing(respond(undefined, 204));
  expect(await done.run()).toMatchObject({ ok: true });
  const [asking, on] = ["participant.erasing", { participant: "12" }];
  expect(done.steps).toEqual([[asking, on], "erased", ["participant.erased", on]]);
  const refused = erasing(fail("BUSY", "later"));
  expect(await refused.run()).toMatchObject({ problem: { code: "BUSY" } });
  expect(refused.steps).toEqual([[asking, on], "erased", ["participant.erased", "BUSY"]]);
});

test("nobody is erased whose record can't be written", async () => {
  const { steps, run } = erasing(respond(undefined, 204), fail("STORE_WRITE_FAILED", "no"));
  expect(await run()).toMatchObject({ problem: { code: "STORE_WRITE_FAILED" } });
  expect(steps).toEqual([["participant.erasing", { participant: "12" }]]);
});

test("of a path only a participant number is kept, never what somebody wrote in its place", async () => {
  const noted: Done[] = [];
  const note = async (done: Done) => {
    noted.push(done);
    return ok(undefined);
  };
  const spec = {
    path: "/v1/participants/{participant}",
    summary: "One",
    auth: "key",
    scopes: ["registry"],
    params: { participant: ParticipantNumber },
    response: { status: 200, description: "One" },
    handle: () => respond({}),
  } as const;
  const routes = (["GET", "DELETE"] as const).map((method) => route({ ...spec, method }));
  for (const heard of audited(routes, { note })) {
    for (const participant of ["+31612345678", "nelleke@example.org", "0012"]) {
      await heard.run({ ...head, method: heard.method, params: { participant } }, new Uint8Array(0));
    }
  }
  expect(noted.map(({ deed, on, refused = null }) => [deed, on, refused])).toEqual([
    ["participant.seen", {}, "NOT_FOUND"],
    ["participant.seen", {}, "NOT_FOUND"],
    ["participant.seen", { participant: "12" }, null],
    ["participant.erasing", {}, null],
    ["participant.erased", {}, "NOT_FOUND"],
    ["participant.erasing", {}, null],
    ["participant.erased", {}, "NOT_FOUND"],
    ["participant.erasing", { participant: "12" }, null],
    ["participant.erased", { participant: "12" }, null],
  ]);
});

test("an erasure that is the participant's to decide is on record as what was proposed", async () => {
  const noted: string[] = [];
  const [heard] = audited(
    [
      route({
        method: "DELETE",
        path: "/v1/participants/{participant}",
        summary: "One",
        auth: "key",
        scopes: ["erase"],
        params: { participant: ParticipantNumber },
        response: { status: 204, description: "Gone" },
        handle: () => respond({}, 202),
      }),
    ],
    {
      note: async ({ deed }) => {
        noted.push(deed);
        return ok(undefined);
      },
    },
  );
  await heard!.run({ ...head, params: { participant: "12" } }, new Uint8Array(0));
  expect(noted).toEqual(["participant.erasing", "proposal.made"]);
});

test("a file is on record by its id from the beginning on, whatever becomes of it", async () => {
  const noted: Done[] = [];
  const note = async (done: Done) => {
    noted.push(done);
    return ok(undefined);
  };
  const [heard] = audited(
    [
      route({
        method: "POST",
        path: "/v1/imports",
        summary: "A file",
        auth: "key",
        scopes: ["registry"],
        response: { status: 202, description: "Read" },
        receive: {
          contentTypes: ["text/csv"],
          start: () =>
            ok({ makes: "file-1", chunk: () => true, abort: () => {}, end: async () => fail("IMPORT_REFUSED", "no") }),
        },
      }),
    ],
    { note },
  );
  const opened = heard!.open({ ...head, method: "POST", path: "/v1/imports" }, () => {});
  expect(opened.ok && (await opened.value.end())).toMatchObject({ problem: { code: "IMPORT_REFUSED" } });
  expect(noted.map(({ deed, on, refused = null }) => [deed, on, refused])).toEqual([
    ["import.begun", { import: "file-1" }, null],
    ["import.received", { import: "file-1" }, "IMPORT_REFUSED"],
  ]);
});
