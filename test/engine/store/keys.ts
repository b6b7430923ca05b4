export const PARTS = 20;

export function numberKey(number: number, part = 0): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(number, 0);
  key.writeUInt32BE(part, 4);
  return key;
}
