/** A store that all tests of a file write to, gone with its folder when they are done. */
import { afterAll } from "vitest";
import type { Store } from "../../../engine/store/store.js";
import { TemporaryFolder } from "./fixtures.js";

/** To be called once in a file, outside its tests. */
export function storeOfFile(): { readonly folder: TemporaryFolder; readonly store: Store } {
  const folder = new TemporaryFolder();
  const store = folder.open();
  afterAll(async () => {
    await store.close();
    folder.remove();
  });
  return { folder, store };
}
