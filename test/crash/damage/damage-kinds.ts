/** Ways in which a data folder is damaged, drawn by chance. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = 4_096;
type Damage = (bytes: Buffer, below: (count: number) => number) => void;

function turn(bytes: Buffer, bit: number): void {
  bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
}

const KINDS: Readonly<Record<string, Damage>> = {
  "a bit": (bytes, below) => turn(bytes, below(bytes.length) * 8 + below(8)),
  "a bit of a page's head or table": (bytes, below) =>
    turn(bytes, (below(bytes.length / PAGE) * PAGE + below(96)) * 8 + below(8)),
  "a page's head": (bytes, below) => {
    const page = below(bytes.length / PAGE) * PAGE;
    for (let at = page + [0, 8, 18, 20, 22][below(5)]!, end = at + 2 + below(6); at < end; at++) bytes[at] = below(256);
  },
  "a meta page": (bytes, below) => turn(bytes, (below(2) * PAGE + below(184)) * 8 + below(8)),
  "a page of zeros": (bytes, below) => void bytes.fill(0, ...pageOf(bytes, below)),
  "a page of another": (bytes, below) => {
    const [from] = pageOf(bytes, below);
    bytes.copy(bytes, pageOf(bytes, below)[0], from, from + PAGE);
  },
  noise: (bytes, below) => {
    for (let at = below(bytes.length), end = Math.min(bytes.length, at + 64); at < end; at++) bytes[at] = below(256);
  },
};

function pageOf(bytes: Buffer, below: (count: number) => number): [from: number, to: number] {
  const from = below(bytes.length / PAGE) * PAGE;
  return [from, from + PAGE];
}

/** Gives what was done. */
export function damageImage(folder: string, random: () => number): string {
  const below = (count: number) => Math.floor(random() * count);
  const kinds = [...Object.keys(KINDS), "a cut end", "root.key"];
  const kind = kinds[below(kinds.length)]!;
  const path = join(folder, kind === "root.key" ? "root.key" : "seinpost.lmdb");
  const bytes = readFileSync(path);
  if (kind === "a cut end") truncateSync(path, below(bytes.length));
  else {
    (KINDS[kind] ?? KINDS["a bit"]!)(bytes, below);
    writeFileSync(path, bytes);
  }
  return kind;
}
