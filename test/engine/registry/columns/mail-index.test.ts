import fc from "fast-check";
import { expect, test } from "vitest";
import { MailIndex } from "../../../../engine/registry/columns/mail-index.js";
import { hashOfMail } from "../../../../engine/registry/record/sparse.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { LiveRig } from "../live/rig.js";
import { given } from "../samples.js";
import { SOMEBODY } from "../somebody.js";

/** Addresses that all fall into one of the index's tables, of which some lie on top of each other. */
const CLOSE = Array.from({ length: 40_000 }, (_, at) => `m${at}@example.org`).filter(
  (mail) => hashOfMail(mail) % 256 === 7,
);

test("follows addresses that come and go, as a list does", () => {
  const entry = fc.tuple(fc.nat(CLOSE.length - 1), fc.nat(3));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.array(entry, { maxLength: 300 }), (there, steps) => {
      const known = new Map(there.map(([mail, who]) => [`${mail}/${who}`, [mail, who] as const]));
      const pairs = [...known.values()].flatMap(([mail, who]) => [who, hashOfMail(CLOSE[mail]!)]);
      const index = new MailIndex(Uint32Array.from(pairs));
      for (const [mail, who] of steps) {
        const key = `${mail}/${who}`;
        if (known.delete(key)) index.remove(CLOSE[mail]!, who);
        else {
          known.set(key, [mail, who]);
          index.add(CLOSE[mail]!, who);
        }
      }
      for (const mail of new Set([...there, ...steps].map(([mail]) => mail))) {
        const expected = [...known.values()].filter(([each]) => each === mail).map(([, who]) => who);
        expect(index.candidates(CLOSE[mail]!).sort()).toEqual(expected.sort());
      }
    }),
    { numRuns: 200 },
  );
});

/** Two addresses with the same hash: among so many there are some. */
function twins(): [string, string] {
  const seen = new Map<number, string>();
  for (let at = 0; ; at++) {
    const mail = `twin${at}@example.org`;
    const other = seen.get(hashOfMail(mail));
    if (other !== undefined) return [other, mail];
    seen.set(hashOfMail(mail), mail);
  }
}

test("two addresses with the same hash are told apart by what the blocks hold", async () => {
  const [one, other] = twins();
  const rig = await LiveRig.open(temporaryFolder());
  const { live } = rig;
  expect(given(live.add({ ...SOMEBODY, mail: one }))).toBe(0);
  expect(live.byMail(other)).toEqual([]);
  expect(given(live.add({ ...SOMEBODY, mail: other }))).toBe(1);
  expect([live.byMail(one), live.byMail(other)]).toEqual([[0], [1]]);
  given(live.change(0, (now) => ({ ...now, mail: "" })));
  expect([live.byMail(one), live.byMail(other)]).toEqual([[], [1]]);
  await rig.close();
});
