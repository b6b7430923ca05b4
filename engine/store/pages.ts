/**
 * The form of LMDB's file, as the LMDB that is built into lmdb writes it (its data version 2, mdb.c: MDB_page_header, MDB_meta,
 * MDB_db, MDB_node), as far as it takes to look a file over without LMDB. All numbers are little-endian.
 *
 * A page begins with a header of 24 bytes; offsets within a page count from its end. Pages 0 and 1 hold the two meta records,
 * written in turns: the one of the higher transaction counts. A leaf or a branch has its table of offsets in front and its nodes
 * packed at the end; a value that is too long for that has a run of pages of its own.
 */
import { readSync } from "node:fs";

export const HEADER_BYTES = 24;
export const NODE_BYTES = 8;
/** Flags of a page; each has one of them. */
export const PAGE = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
/** Flags of a node in a leaf. */
export const NODE = { plain: 0, long: 0x01, tree: 0x02 } as const;
/** What stands in a leaf in place of a long value: its first page, a word that is not used, and how many pages it has. */
export const LONG_BYTES = 24;
export const TREE_BYTES = 48;
/** A tree without a page has this as its root: all bits set, as a double. */
export const NO_PAGE = 2 ** 64;

const MAGIC = 0xbeefc0de;
const VERSION = 2;
/** Of the environment, in each meta record: MDB_NOSUBDIR, and that the free list has whole numbers as keys. */
const ENVIRONMENT_FLAGS = 0x4008;
const PAGE_SIZES: readonly number[] = [4_096, 8_192, 16_384, 32_768, 65_536];
/** More than a processor of today can address. */
const MAP_BYTES_MOST = 2 ** 47;

/** What LMDB keeps of a tree. */
export interface TreeRecord {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number;
}

export interface Meta {
  readonly pageBytes: number;
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: TreeRecord;
  readonly main: TreeRecord;
}

export function word64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

export function treeRecord(bytes: Buffer, at: number): TreeRecord {
  return {
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: word64(bytes, at + 8),
    leafPages: word64(bytes, at + 16),
    overflowPages: word64(bytes, at + 24),
    entries: word64(bytes, at + 32),
    root: word64(bytes, at + 40),
  };
}

/** The file, read by read(2): where a sector can't be read that throws, and a map would end the process by SIGBUS. */
export class PageFile {
  pageBytes: number = PAGE_SIZES[0]!;
  readonly #descriptor: number;
  readonly #bytes: number;

  constructor(descriptor: number, bytes: number) {
    this.#descriptor = descriptor;
    this.#bytes = bytes;
  }

  get pages(): number {
    return Math.floor(this.#bytes / this.pageBytes);
  }

  /** Fills `into` from the beginning of this page on; false where the file ends before. */
  read(page: number, into: Buffer): boolean {
    const from = page * this.pageBytes;
    for (let done = 0; done < into.length; ) {
      const read = readSync(this.#descriptor, into, done, into.length - done, from + done);
      if (read === 0) return false;
      done += read;
    }
    return true;
  }
}

/** The meta record that counts, or what is wrong with the two. */
export function readMeta(file: PageFile): Meta | string {
  const first = metaAt(file, 0);
  if (typeof first === "string") return first;
  const second = metaAt(file, 1);
  if (typeof second === "string") return second;
  const [older, newer] = first.transaction < second.transaction ? [first, second] : [second, first];
  // Each commit writes the page of the one before the last: so a past can't pass for the present when a bit of its number turns.
  const isNew = older.transaction === 0 && older.main.root === NO_PAGE;
  if (newer.transaction - older.transaction !== 1 && !isNew) return "the two meta pages are not of successive commits";
  // Nor when the bit makes it two less, so that the one before takes its place: the page that it names says what wrote it.
  const misnamed = [older, newer].some((meta) => !isOfItsTime(file, meta));
  return misnamed ? "a meta page names a page of a later commit" : newer;
}

/** Each commit writes the root anew, and no page of the one before it is used again until it is durable. */
function isOfItsTime(file: PageFile, { main, transaction }: Meta): boolean {
  const bytes = Buffer.alloc(HEADER_BYTES);
  return main.root === NO_PAGE || (file.read(main.root, bytes) && word64(bytes, 8) <= transaction);
}

function metaAt(file: PageFile, page: 0 | 1): Meta | string {
  const bytes = Buffer.alloc(HEADER_BYTES + 160);
  if (!file.read(page, bytes)) return `meta page ${page} is cut off`;
  const meta = bytes.subarray(HEADER_BYTES);
  const isMeta = bytes.readUInt16LE(18) === PAGE.meta && word64(bytes, 0) === page;
  if (!isMeta || meta.readUInt32LE(0) !== MAGIC) return `page ${page} is no meta page`;
  if (meta.readUInt32LE(4) !== VERSION)
    return `the file has form ${meta.readUInt32LE(4)}, this program reads ${VERSION}`;
  const pageBytes = meta.readUInt32LE(24);
  if (!PAGE_SIZES.includes(pageBytes) || (page === 1 && pageBytes !== file.pageBytes))
    return `meta page ${page} has no possible size of a page`;
  file.pageBytes = pageBytes;
  const free = treeRecord(meta, 24);
  const main = treeRecord(meta, 24 + TREE_BYTES);
  const lastPage = word64(meta, 120);
  const transaction = word64(meta, 128);
  const mapBytes = word64(meta, 16);
  if (free.flags !== ENVIRONMENT_FLAGS || main.flags !== 0 || word64(meta, 8) !== 0)
    return `meta page ${page} has flags that are not ours`;
  if (mapBytes > MAP_BYTES_MOST || (lastPage + 1) * pageBytes > mapBytes)
    return `meta page ${page} has impossible sizes`;
  // The page of a commit follows from its number; a store that nothing was written to has number 0 in both.
  if (transaction !== 0 && transaction % 2 !== page) return `meta page ${page} is of a commit that has the other page`;
  return { pageBytes, transaction, lastPage, free, main };
}
