/** The keys of the registry's blocks in the store, which are also what their sealed values say about where they belong. */

/** Generation and block number, both big-endian, so that a generation is one range in order. */
export function blockKey(generation: number, block: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(generation, 0);
  key.writeUInt32BE(block, 4);
  return key;
}

export function generationOf(key: Buffer): number {
  return key.readUInt32BE(0);
}
