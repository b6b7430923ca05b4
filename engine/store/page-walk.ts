/**
 * Looks every page over that LMDB would ever come to: all of the file's trees, down to each node, the pages of long values, and
 * the list of free pages, of which damage shows only when something is written. What is left unsaid here can be read and
 * written by LMDB without leaving the file.
 *
 * A page is found damaged when it is not where it says it is, of a kind or of a transaction that it can't be, when its nodes
 * do not exactly fill it, its keys are out of order or not between those of its parent, when it is used twice or used and free; and a
 * tree when it has not as many pages, levels and entries as its record says: so a page that an earlier commit left, in the place
 * of one that was never written, is noticed as well, and entries that are missing, whichever they are.
 */
import {
  HEADER_BYTES,
  LONG_BYTES,
  type Meta,
  NO_PAGE,
  NODE,
  NODE_BYTES,
  PAGE,
  type PageFile,
  TREE_BYTES,
  type TreeRecord,
  treeRecord,
  word64,
} from "./pages.js";

/** A key, or a value, as it lies in a page that was read; only until the next one is. */
interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly flags: number;
}

/** A node of a page that was read. */
interface Node {
  readonly at: number;
  readonly flags: number;
  readonly key: Buffer;
  readonly valueAt: number;
  readonly valueBytes: number;
  /** Of all of it, within the page. */
  readonly bytes: number;
}

/** A branch or leaf that was read, and the keys of its parent between which its own have to be. */
interface Place {
  /** What a message calls it. */
  readonly at: string;
  readonly bytes: Buffer;
  readonly level: number;
  readonly nodes: number;
  /** Offset of the part that nodes fill. */
  readonly upper: number;
  readonly low: Buffer | undefined;
  readonly high: Buffer | undefined;
}

interface Tree {
  /** What a message calls it. */
  readonly name: string;
  readonly record: TreeRecord;
  compare(a: Buffer, b: Buffer): number;
  /** Whether a key may be so long. */
  keyBytes(bytes: number): boolean;
  /** What is wrong with an entry, if something is. */
  look(entry: Entry): string | undefined;
  /** As many as were found. */
  readonly found: { branchPages: number; leafPages: number; overflowPages: number; entries: number };
  last: Buffer | undefined;
}

function treeOf(name: string, record: TreeRecord, look: Tree["look"]): Tree {
  return {
    ...{ name, record, look },
    compare: (a, b) => a.compare(b),
    keyBytes: (bytes) => bytes > 0,
    found: { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 },
    last: undefined,
  };
}

const LONG_READ_BYTES = 65_536;
const FREE_LIST = "free pages";

export class PageWalk {
  /** 1 for a page that is in use. */
  readonly #used: Uint8Array;
  /** One page for each level of a tree. */
  readonly #buffers: Buffer[] = [];
  readonly #long = Buffer.allocUnsafe(LONG_READ_BYTES);
  readonly #file: PageFile;
  readonly #meta: Meta;

  constructor(file: PageFile, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
    this.#used = new Uint8Array(Math.min(meta.lastPage + 1, file.pages));
    this.#used.fill(1, 0, 2);
  }

  /** What is wrong with the file, or undefined. */
  run(): string | undefined {
    const lists: Buffer[] = [];
    const free = treeOf(FREE_LIST, this.#meta.free, ({ key, value, flags }) => {
      if (flags !== NODE.plain || word64(key, 0) > this.#meta.transaction) return "is no list of free pages";
      lists.push(Buffer.from(value));
      return undefined;
    });
    // Its keys are numbers of transactions.
    free.compare = (a, b) => word64(a, 0) - word64(b, 0);
    free.keyBytes = (bytes) => bytes === 8;
    const tables: Tree[] = [];
    const main = treeOf("the list of tables", this.#meta.main, ({ key, value, flags }) => {
      if (flags !== NODE.tree || value.length !== TREE_BYTES) return "is no table";
      const look = ({ flags }: Entry) => (flags === NODE.plain ? undefined : "has flags that can't be");
      tables.push(treeOf(`table ${key.toString("latin1")}`, treeRecord(value, 0), look));
      return undefined;
    });
    const damaged = this.#walk(free) ?? this.#walk(main) ?? firstOf(tables, (table) => this.#walk(table));
    return damaged ?? firstOf(lists, (list) => this.#lookAtFree(list));
  }

  #walk(tree: Tree): string | undefined {
    const { name, record, found } = tree;
    const { root, depth } = record;
    const damaged = root === NO_PAGE ? undefined : this.#page(tree, root, 1, undefined, undefined);
    if (damaged !== undefined) return damaged;
    const keys = ["branchPages", "leafPages", "overflowPages", "entries"] as const;
    const wrong = keys.find((key) => record[key] !== found[key]);
    if (wrong) return `${name}: ${wrong} are ${found[wrong]}, and ${record[wrong]} by its record`;
    if (root === NO_PAGE && depth !== 0) return `${name}: it has levels and no pages`;
    // The rest of LMDB's flags change the order of keys, or allow a key twice: none of our tables has them.
    if (name !== FREE_LIST && record.flags !== 0) return `${name}: it has flags that can't be`;
    return undefined;
  }

  #page(
    tree: Tree,
    page: number,
    level: number,
    low: Buffer | undefined,
    high: Buffer | undefined,
  ): string | undefined {
    const at = `page ${page} of ${tree.name}`;
    const isLeaf = level === tree.record.depth;
    if (level > tree.record.depth) return `${at} is deeper than the tree`;
    if (!this.#take(page, 1)) return `${at} is used twice, or lies outside of the file`;
    this.#buffers[level] ??= Buffer.allocUnsafe(this.#meta.pageBytes);
    const bytes = this.#buffers[level];
    if (!this.#file.read(page, bytes)) return `${at} is cut off`;
    if (!this.#hasHead(bytes, page, isLeaf ? PAGE.leaf : PAGE.branch)) return `${at} has a head that can't be`;
    const [lower, upper] = [bytes.readUInt16LE(20), bytes.readUInt16LE(22)];
    const nodes = lower >>> 1;
    const isPossible = lower % 2 === 0 && lower <= upper && upper <= bytes.length - HEADER_BYTES;
    if (!isPossible || nodes < (isLeaf ? 1 : 2)) return `${at} has bounds that can't be`;
    const place = { at, bytes, level, nodes, upper, low, high };
    return isLeaf ? this.#leaf(tree, place) : this.#branch(tree, place);
  }

  #hasHead(bytes: Buffer, page: number, kind: number): boolean {
    return word64(bytes, 0) === page && word64(bytes, 8) <= this.#meta.transaction && bytes.readUInt16LE(18) === kind;
  }

  /** Notes a run of pages as used; false when it can't be. */
  #take(page: number, count: number): boolean {
    if (!(page >= 2 && page + count <= this.#used.length)) return false;
    for (let each = page; each < page + count; each++) {
      if (this.#used[each] === 1) return false;
      this.#used[each] = 1;
    }
    return true;
  }

  #branch(tree: Tree, { at, bytes, level, nodes, upper, low, high }: Place): string | undefined {
    tree.found.branchPages++;
    const children: number[] = [];
    const keys: (Buffer | undefined)[] = [];
    let filled = 0;
    for (let index = 0; index < nodes; index++) {
      const node = nodeAt(bytes, index, upper, true);
      if (node === undefined) return `${at}: node ${index} can't be`;
      filled += node.bytes;
      children.push(bytes.readUInt16LE(node.at) + bytes.readUInt16LE(node.at + 2) * 2 ** 16 + node.flags * 2 ** 32);
      // A copy: a branch beside this one is read into the same memory. The first key says nothing.
      keys.push(index === 0 ? low : Buffer.from(node.key));
    }
    if (filled !== bytes.length - HEADER_BYTES - upper) return `${at}: its nodes do not fill it`;
    keys.push(high);
    for (let index = 0; index < nodes; index++) {
      const damaged = this.#page(tree, children[index]!, level + 1, keys[index], keys[index + 1]);
      if (damaged !== undefined) return damaged;
    }
    return undefined;
  }

  #leaf(tree: Tree, { at, bytes, nodes, upper, low, high }: Place): string | undefined {
    tree.found.leafPages++;
    tree.found.entries += nodes;
    let filled = 0;
    let before = tree.last;
    for (let index = 0; index < nodes; index++) {
      const node = nodeAt(bytes, index, upper, false);
      if (node === undefined || !tree.keyBytes(node.key.length)) return `${at}: node ${index} can't be`;
      filled += node.bytes;
      if (before && tree.compare(before, node.key) >= 0) return `${at}: its keys are out of order`;
      if (index === 0 && low && tree.compare(low, node.key) > 0) return `${at}: its keys are before those of its place`;
      before = node.key;
      const wrong = this.#entry(tree, bytes, node);
      if (wrong) return `${at}: node ${index} ${wrong}`;
    }
    if (high && before && tree.compare(before, high) >= 0) return `${at}: its keys are behind those of its place`;
    tree.last = before && Buffer.from(before);
    return filled === bytes.length - HEADER_BYTES - upper ? undefined : `${at}: its nodes do not fill it`;
  }

  #entry(tree: Tree, bytes: Buffer, { key, flags, valueAt, valueBytes }: Node): string | undefined {
    const isLong = (flags & NODE.long) !== 0;
    const value = isLong
      ? this.#longValue(tree, bytes, valueAt, valueBytes)
      : bytes.subarray(valueAt, valueAt + valueBytes);
    return typeof value === "string" ? value : tree.look({ key, flags: flags & ~NODE.long, value });
  }

  /** Reads the pages of a long value. Gives it where it is one of the free list, an empty one elsewhere, or what is wrong. */
  #longValue(tree: Tree, bytes: Buffer, at: number, valueBytes: number): Buffer | string {
    const page = word64(bytes, at);
    const pages = word64(bytes, at + 16);
    const { pageBytes } = this.#meta;
    if (pages * pageBytes < HEADER_BYTES + valueBytes) return "has a value that is longer than its pages";
    if (!this.#take(page, pages)) return "has a value whose pages are used twice, or lie outside of the file";
    tree.found.overflowPages += pages;
    const run = tree.name === FREE_LIST ? Buffer.allocUnsafe(pages * pageBytes) : this.#long;
    const perRead = Math.floor(run.length / pageBytes);
    for (let read = 0; read < pages; read += perRead) {
      const count = Math.min(perRead, pages - read);
      if (!this.#file.read(page + read, run.subarray(0, count * pageBytes))) return "has a value that is cut off";
      if (read > 0) continue;
      if (!this.#hasHead(run, page, PAGE.overflow) || run.readUInt32LE(20) !== pages)
        return "has a value whose head can't be";
    }
    return tree.name === FREE_LIST ? run.subarray(HEADER_BYTES, HEADER_BYTES + valueBytes) : run.subarray(0, 0);
  }

  /** A list: how many words follow; then pages, or runs of pages as their number below zero and the first; 0 says nothing. */
  #lookAtFree(list: Buffer): string | undefined {
    const words = list.length < 8 ? -1 : word64(list, 0);
    if (words < 0 || (words + 1) * 8 > list.length) return `${FREE_LIST}: a list is longer than it can be`;
    for (let word = 1; word <= words; word++) {
      let page = Number(list.readBigInt64LE(word * 8));
      let count = 1;
      if (page < 0) {
        count = -page;
        page = ++word <= words ? Number(list.readBigInt64LE(word * 8)) : 0;
      } else if (page === 0) continue;
      if (page < 2 || page + count > this.#meta.lastPage + 1) return `${FREE_LIST}: page ${page} is none of the file`;
      if (this.#used.subarray(page, page + count).includes(1)) return `${FREE_LIST}: page ${page} is in use`;
    }
    return undefined;
  }
}

/** Undefined when it does not lie within the used part of its page. */
function nodeAt(bytes: Buffer, index: number, upper: number, isBranch: boolean): Node | undefined {
  const offset = bytes.readUInt16LE(HEADER_BYTES + 2 * index);
  const at = HEADER_BYTES + offset;
  if (offset < upper || at + NODE_BYTES > bytes.length) return undefined;
  const flags = bytes.readUInt16LE(at + 4);
  const valueAt = at + NODE_BYTES + bytes.readUInt16LE(at + 6);
  const valueBytes = isBranch ? 0 : bytes.readUInt32LE(at);
  const end = valueAt + (!isBranch && flags & NODE.long ? LONG_BYTES : valueBytes);
  if (end > bytes.length) return undefined;
  // Nodes begin at even places.
  const size = (end - at + 1) & ~1;
  return { at, flags, key: bytes.subarray(at + NODE_BYTES, valueAt), valueAt, valueBytes, bytes: size };
}

function firstOf<T>(items: readonly T[], look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
