/** Keys through their life, on a real store, with a clock of the test's own. */
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { Keys, type NewKey } from "../../../engine/rights/keys.js";
import { SCOPES_OF_OLD_ROLE } from "../../../engine/rights/scopes.js";
import { hashSecret } from "../../../engine/rights/secrets.js";
import { Store } from "../../../engine/store/store.js";
import { RIGHTS } from "../../../schemas/limits.js";
import { ROLES } from "../../../schemas/words.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const WATCHING: NewKey = { name: "wall", scopes: ["watch"] };

class Rig {
  nowMs = 1_700_000_000_000;
  steadyMs = 0;
  readonly folder = temporaryFolder();
  readonly ended: string[] = [];
  store!: Store;
  trail!: Trail;
  keys!: Keys;

  constructor() {
    this.open();
    onTestFinished(() => this.store.close());
  }

  open(): void {
    this.store = given(Store.open(this.folder));
    this.trail = new Trail(this.store, () => this.nowMs);
    this.keys = new Keys(this.store, { now: () => this.nowMs, steadyMs: () => this.steadyMs }, this.trail);
    this.keys.onEnded((credential) => this.ended.push(credential));
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.open();
  }

  async make(asked: Partial<NewKey> = {}): Promise<{ id: string; secret: string }> {
    const { record, secret } = given(await this.keys.create({ ...WATCHING, ...asked }, LOCAL));
    return { id: record.keyId, secret };
  }

  /** "ok", or why not. */
  says(secret: string): string {
    const found = this.keys.verify(secret);
    return found.ok ? "ok" : found.problem.detail;
  }
}

test("a key counts until it is revoked, over restarts, and what ended is told once", async () => {
  const rig = new Rig();
  const { id, secret } = await rig.make();
  await rig.reopen();
  expect(given(rig.keys.verify(secret))).toMatchObject({ keyId: id, by: { kind: "key", id, name: "wall" } });
  const revoked = rig.keys.revoke(id, LOCAL);
  expect([rig.says(secret), rig.ended]).toEqual(["This API key was revoked", [hashSecret(secret)]]);
  given(await revoked);
  rig.keys.endOverdue();
  expect(rig.ended).toHaveLength(1);
  await rig.reopen();
  expect(rig.says(secret)).toBe("This API key was revoked");
  expect(codeOf(await rig.keys.revoke(id, LOCAL))).toBe("WRONG_STATE");
  expect(codeOf(await rig.keys.rotate(id, 0, LOCAL))).toBe("WRONG_STATE");
  expect(codeOf(await rig.keys.revoke("nobody", LOCAL))).toBe("NOT_FOUND");
});

test("a key that was revoked counts no more when the clock is set back, also over a restart", async () => {
  const rig = new Rig();
  const { id, secret } = await rig.make();
  rig.nowMs += 1_000;
  given(await rig.keys.revoke(id, LOCAL));
  rig.nowMs -= 3_600_000;
  expect(rig.says(secret)).toBe("This API key was revoked");
  await rig.reopen();
  expect(rig.says(secret)).toBe("This API key was revoked");
});

test("a key expires at its moment, and that is told at the next look", async () => {
  const rig = new Rig();
  const { secret } = await rig.make({ expiresAtMs: rig.nowMs + 1_000 });
  rig.nowMs += 999;
  rig.keys.endOverdue();
  expect([rig.says(secret), rig.ended]).toEqual(["ok", []]);
  rig.nowMs += 1;
  expect(rig.says(secret)).toBe("This API key has expired");
  rig.keys.endOverdue();
  rig.keys.endOverdue();
  expect(rig.ended).toEqual([hashSecret(secret)]);
  expect(codeOf(await rig.keys.create({ ...WATCHING, expiresAtMs: rig.nowMs }, LOCAL))).toBe("INVALID_FIELD");
});

test("a rotation leaves the secret of before for its grace, under one id, and never more than two count", async () => {
  const rig = new Rig();
  const { id, secret: first } = await rig.make();
  const second = given(await rig.keys.rotate(id, 60_000, LOCAL)).secret;
  expect([first, second].map((secret) => given(rig.keys.verify(secret)).keyId)).toEqual([id, id]);
  const third = given(await rig.keys.rotate(id, 60_000, LOCAL)).secret;
  expect([first, second, third].map((secret) => rig.keys.verify(secret).ok)).toEqual([false, true, true]);
  expect(rig.ended).toEqual([hashSecret(first)]);
  await rig.reopen();
  rig.nowMs += 60_000;
  rig.keys.endOverdue();
  expect([second, third].map((secret) => rig.keys.verify(secret).ok)).toEqual([false, true]);
  expect(rig.ended).toContain(hashSecret(second));
  // Without grace: somebody else may have it.
  const fourth = given(await rig.keys.rotate(id, 0, LOCAL)).secret;
  expect([third, fourth].map((secret) => rig.keys.verify(secret).ok)).toEqual([false, true]);
  given(await rig.keys.revoke(id, LOCAL));
  expect(rig.says(fourth)).toBe("This API key was revoked");
});

test("keys of before have the scopes of their role, exactly, also once something of them has changed", async () => {
  const rig = new Rig();
  const old = ROLES.map((role) => {
    const municipality = role === "municipality" ? { municipality: 363 } : {};
    return { keyId: `id-${role}`, name: role, createdAtMs: 1, role, ...municipality };
  });
  const without = { keyId: "id-none", name: "none", createdAtMs: 1 };
  await rig.store.commit(() => {
    for (const key of [...old, without]) {
      const hash = Buffer.from(hashSecret(`spk_${key.name}`), "hex");
      void rig.store.table("keys").put(hash, Buffer.from(JSON.stringify(key)));
    }
  });
  await rig.reopen();
  for (const role of ROLES) {
    const { scopes, municipalities, keyId } = given(rig.keys.verify(`spk_${role}`));
    expect([...scopes]).toEqual(SCOPES_OF_OLD_ROLE[role]);
    expect(municipalities).toEqual(role === "municipality" ? [363] : undefined);
    expect(keyId).toBe(`id-${role}`);
  }
  expect(given(rig.keys.verify("spk_operator")).scopes.has("erase")).toBe(false);
  expect([...given(rig.keys.verify("spk_none")).scopes]).toEqual(SCOPES_OF_OLD_ROLE.controlRoom);
  const { secret } = given(await rig.keys.rotate("id-app", 60_000, LOCAL));
  given(await rig.keys.revoke("id-operator", LOCAL));
  await rig.reopen();
  expect(rig.keys.size).toBe(5);
  expect([...given(rig.keys.verify(secret)).scopes]).toEqual(["positions"]);
  expect([...given(rig.keys.verify("spk_app")).scopes]).toEqual(["positions"]);
  expect(rig.says("spk_operator")).toBe("This API key was revoked");
  // What an older program would find is what has not changed.
  const left = [...rig.store.table("keys").range()].map(({ value }) => JSON.parse(given(value).toString()).name);
  expect(left.sort()).toEqual(["controlRoom", "municipality", "none"]);
});

test("a key that is set from outside counts while it is, and once it was revoked it stays so when it is set again", async () => {
  const rig = new Rig();
  rig.keys.give("set", "SEINPOST_API_KEY");
  const { keyId, scopes } = given(rig.keys.verify("set"));
  expect([...scopes]).toEqual(SCOPES_OF_OLD_ROLE.controlRoom);
  expect(rig.keys.page(undefined, 10).keys.map(({ name }) => name)).toEqual(["SEINPOST_API_KEY"]);
  expect(codeOf(await rig.keys.rotate(keyId, 0, LOCAL))).toBe("WRONG_STATE");
  await rig.reopen();
  expect([rig.keys.size, rig.says("set")]).toEqual([0, expect.stringContaining("Send an API key")]);
  rig.keys.give("set", "SEINPOST_API_KEY");
  given(await rig.keys.revoke(keyId, LOCAL));
  expect([rig.says("set"), rig.ended]).toEqual(["This API key was revoked", [hashSecret("set")]]);
  await rig.reopen();
  rig.keys.give("set", "SEINPOST_API_KEY");
  expect(rig.says("set")).toBe("This API key was revoked");
  // However long ago that was.
  rig.nowMs += 4_000 * 86_400_000;
  expect(given(await rig.keys.forget(rig.nowMs, 10))).toBe(0);
});

test("a key that is stored is what its record says, also where its secret is set from outside", async () => {
  const rig = new Rig();
  const { id, secret } = await rig.make();
  rig.keys.give(secret, "SEINPOST_API_KEY");
  expect(given(rig.keys.verify(secret))).toMatchObject({ keyId: id, scopes: new Set(["watch"]) });
  given(await rig.keys.revoke(id, LOCAL));
  rig.keys.give(secret, "SEINPOST_API_KEY");
  expect(rig.says(secret)).toBe("This API key was revoked");
});

test("those that end by themselves soon are told, the first of them first, until they have", async () => {
  const rig = new Rig();
  const at = (days: number) => rig.nowMs + days * 86_400_000;
  for (const days of [6, 2, 30]) await rig.make({ name: `in ${days}`, expiresAtMs: at(days) });
  const { id } = await rig.make({ name: "revoked", expiresAtMs: at(1) });
  given(await rig.keys.revoke(id, LOCAL));
  const names = () => rig.keys.endingSoon.map(({ name }) => name);
  expect(names()).toEqual(["in 2", "in 6"]);
  rig.nowMs = at(3);
  expect(names()).toEqual(["in 6"]);
});

test("what is of the whole country goes with no municipality, and people are of one", async () => {
  const rig = new Rig();
  const asked = (scopes: NewKey["scopes"], municipalities: number[]) =>
    rig.keys.create({ name: "x", scopes, municipalities }, LOCAL).then(codeOf);
  for (const scope of ["watch", "metrics", "positions", "audit", "admin"] as const) {
    expect(await asked([scope], [363])).toBe("INVALID_FIELD");
  }
  expect(await asked(["registry"], [363, 14])).toBe("INVALID_FIELD");
  expect(await asked(["erase", "dispatch"], [363])).toBe("ok");
  expect(await asked(["dispatch", "draft", "replies", "reach"], [363, 14])).toBe("ok");
});

test("there are so many keys that are not over and no more", async () => {
  const rig = new Rig();
  const makes = Array.from({ length: RIGHTS.keys }, () => rig.keys.create(WATCHING, LOCAL));
  const made = (await Promise.all(makes)).map(given);
  expect(codeOf(await rig.keys.create(WATCHING, LOCAL))).toBe("TOO_MANY_KEYS");
  given(await rig.keys.revoke(made[0]!.record.keyId, LOCAL));
  expect(codeOf(await rig.keys.create(WATCHING, LOCAL))).toBe("ok");
  const ids = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = rig.keys.page(after, 1_000);
    for (const { keyId } of page.keys) ids.add(keyId);
    if (page.next === null) break;
    after = page.next;
  }
  expect(ids.size).toBe(RIGHTS.keys + 1);
});

test("when a key was used last is written once in a while, and not for each request", async () => {
  const rig = new Rig();
  const { id, secret } = await rig.make();
  const before = rig.store.commits.count;
  for (let request = 0; request < 1_000; request++) rig.says(secret);
  given(await rig.keys.tidyUse());
  for (let request = 0; request < 1_000; request++) {
    rig.nowMs += 10;
    rig.steadyMs += 10;
    rig.says(secret);
    given(await rig.keys.tidyUse());
  }
  expect(rig.store.commits.count - before).toBe(1);
  rig.steadyMs += RIGHTS.useEveryMs;
  given(await rig.keys.tidyUse());
  expect(rig.store.commits.count - before).toBe(2);
  await rig.reopen();
  expect(rig.keys.use.lastMs(id)).toBe(rig.nowMs);
});

test("a key that was over long enough is forgotten with all there is of it", async () => {
  const rig = new Rig();
  const { id, secret } = await rig.make();
  const kept = await rig.make();
  rig.says(secret);
  given(await rig.keys.use.flush());
  given(await rig.keys.revoke(id, LOCAL));
  expect(given(await rig.keys.forget(rig.nowMs - 1, 10))).toBe(0);
  expect(given(await rig.keys.forget(rig.nowMs, 10))).toBe(1);
  await rig.reopen();
  expect([rig.says(secret), rig.keys.verify(kept.secret).ok]).toEqual([
    expect.stringContaining("Send an API key"),
    true,
  ]);
  expect(rig.store.table("rights").count() + rig.store.table("keyUse").count()).toBe(1);
});
