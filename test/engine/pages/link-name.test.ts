/** Names of links: letters and digits, as many as the text has room for, and each its own bytes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { linkBytes, linkName } from "../../../engine/pages/link-name.js";
import { PAGES } from "../../../schemas/limits.js";

test("every name reads back as the bytes that it was made of, and is of letters and digits", () => {
  const bytes = fc.uint8Array({ minLength: PAGES.linkBytes, maxLength: PAGES.linkBytes });
  fc.assert(
    fc.property(bytes, (one) => {
      const name = linkName(one);
      expect(name).toMatch(/^[A-Za-z0-9]{11}$/);
      expect(linkBytes(name)).toEqual(Buffer.from(one));
    }),
  );
  expect(linkBytes(linkName(new Uint8Array(PAGES.linkBytes).fill(255)))).toEqual(Buffer.alloc(PAGES.linkBytes, 255));
});

test("what is none of them is no name", () => {
  for (const text of ["", "A", "zzzzzzzzzzz", "AAAAAAAAAA_", "AAAAAAAAAAAA", "AAAAAAAAAAé"]) {
    expect([text, linkBytes(text)]).toEqual([text, undefined]);
  }
});
