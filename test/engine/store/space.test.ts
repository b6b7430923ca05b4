/** How much more a store can hold, and that what is kept for it is there when the disk is full. */
import { join } from "node:path";
import { open } from "lmdb";
import { expect, it } from "vitest";
import { allocate } from "../../../engine/store/reserve.js";
import { Space } from "../../../engine/store/space.js";
import { Store } from "../../../engine/store/store.js";
import { STORE } from "../../../schemas/limits.js";
import { SmallDisk } from "../../crash/disk/small-disk.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";
import { numberKey } from "./keys.js";

const MEGABYTE = 1_048_576;
const NO_DISK = "skipped: no file system can be mounted here (unshare --user --mount)";
const KEPT = STORE.reserveBytes + STORE.reserveStepBytes;

it("stores what comes on a full disk in what was kept for it, says when that is less than the reserve, and keeps it again", async () => {
  const disk = await SmallDisk.mount(temporaryFolder(), 2 * KEPT);
  if (disk === undefined) return console.log(NO_DISK);
  const store = given(Store.open(disk.seen("data")));
  const { space } = store;
  let looks = 0;
  const isFull = async (): Promise<boolean> => {
    await space.look(STORE.spaceMs * looks++);
    return space.problem !== null;
  };
  let number = 0;
  const grow = async () =>
    given(await store.commit(() => void store.table("journal").put(numberKey(number++), Buffer.alloc(MEGABYTE))));
  given(await space.keepReserve(0));
  disk.fill(0);
  while (!(await isFull())) await grow();
  // A few pages more are written with each.
  expect(number).toBeGreaterThan(STORE.reserveStepBytes / MEGABYTE - 4);
  expect(disk.freeBytes).toBe(0);
  for (let left = STORE.reserveBytes / MEGABYTE - 8; left > 0; left--) await grow();
  disk.free();
  expect(await isFull()).toBe(false);
  expect(space.freeBytes - disk.freeBytes).toBeGreaterThanOrEqual(STORE.reserveBytes);
  await store.close();
});

it("takes nothing away from a disk that is nearly full", async () => {
  const disk = await SmallDisk.mount(temporaryFolder(), KEPT);
  if (disk === undefined) return console.log(NO_DISK);
  const store = given(Store.open(disk.seen("data")));
  disk.fill(KEPT / 2);
  const { freeBytes } = disk;
  given(await store.space.keepReserve(0));
  expect(disk.freeBytes).toBe(freeBytes);
  await store.close();
});

it("says why nothing can be kept", async () => {
  expect(await allocate("/dev/null", MEGABYTE)).toMatchObject({
    ok: false,
    problem: { code: "STORE_WRITE_FAILED", field: "/dev/null" },
  });
});

it("counts what is left of LMDB's map", () => {
  const folder = temporaryFolder();
  const extent = { file: join(folder, "none"), used: 10 * MEGABYTE, map: 10 * MEGABYTE + STORE.reserveBytes };
  expect(new Space(folder, () => extent).problem).toBe(null);
  expect(new Space(folder, () => ({ ...extent, map: extent.map - 1 })).problem?.code).toBe("DISK_FULL");
});

it("LMDB as it is built into lmdb never fails with MDB_MAP_FULL: it makes its map larger", async () => {
  const options = { encoding: "binary", keyEncoding: "binary", overlappingSync: false, mapSize: MEGABYTE } as const;
  const small = open<Buffer, Buffer>({ ...options, path: join(temporaryFolder(), "small.lmdb") });
  for (let number = 0; number < 8; number++) {
    await small.batch(() => void small.put(numberKey(number), Buffer.alloc(MEGABYTE, number)));
  }
  expect(small.get(numberKey(3))).toEqual(Buffer.alloc(MEGABYTE, 3));
  expect((small.getStats() as { mapSize: number }).mapSize).toBeGreaterThan(8 * MEGABYTE);
  await small.close();
});
