/**
 * A capture file of one TCP stream, put together without a network: each packet is one PDU, from port 40,000 to `port`.
 * Source: the pcap format (LINKTYPE_RAW), RFC 791 and RFC 9293; checksums are left 0, which tshark doesn't verify by itself.
 */
const LINKTYPE_RAW = 101;
const IPV4_BYTES = 20;
const TCP_BYTES = 20;
const ACK_AND_PUSH = 0x18;

export function captureOf(pdus: readonly Uint8Array[], port: number): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(0xffff, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  const pieces: Uint8Array[] = [head];
  let sequence = 1;
  for (const [at, pdu] of pdus.entries()) {
    const packet = Buffer.concat([Buffer.alloc(IPV4_BYTES + TCP_BYTES), pdu]);
    packet.set([0x45, 0, packet.length >> 8, packet.length & 0xff], 0);
    packet.set([64, 6], 8);
    packet.set([127, 0, 0, 1, 127, 0, 0, 1], 12);
    packet.writeUInt16BE(40_000, IPV4_BYTES);
    packet.writeUInt16BE(port, IPV4_BYTES + 2);
    packet.writeUInt32BE(sequence, IPV4_BYTES + 4);
    packet.set([(TCP_BYTES / 4) << 4, ACK_AND_PUSH, 0xff, 0xff], IPV4_BYTES + 12);
    sequence += pdu.length;
    const record = Buffer.alloc(16);
    record.writeUInt32LE(at, 0);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    pieces.push(record, packet);
  }
  return Buffer.concat(pieces);
}
