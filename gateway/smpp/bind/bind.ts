/**
 * The handshake of a bind: which kind it is, its request, its answer, and what a refusal means in words that a person can act
 * on. Source: SMPP 3.4, 4.1 and 5.1.3.
 */
import smpp from "smpp";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import * as protocol from "../pdu/protocol.js";

export type BindKind = "transceiver" | "transmitter" | "receiver";

/** What a bind is for, whatever kind of bind the settings make of it: `bind` sends, `receiver` only receives. */
export type BindRole = "bind" | "receiver";

function kindOf(carrier: CarrierConfiguration, role: BindRole): BindKind {
  if (role === "receiver") return "receiver";
  return carrier.bind === "separate" ? "transmitter" : "transceiver";
}

/** The settings that a connection is made with: where they differ from those of the carrier now, it must be made anew. */
function connectionSettings(carrier: CarrierConfiguration, role: BindRole): string {
  const { host, port, tls, systemId, password, systemType, interfaceVersion } = carrier;
  const { ton, npi, range } = carrier.addressRange;
  const window = role === "receiver" ? 0 : carrier.window;
  const secure = tls && [tls.ca, tls.serverName, tls.certificate, tls.key];
  const account = [systemId, password, systemType, interfaceVersion, ton, npi, range];
  return JSON.stringify([kindOf(carrier, role), host, port, secure, ...account, window]);
}

const REQUESTS = {
  transceiver: "bind_transceiver",
  transmitter: "bind_transmitter",
  receiver: "bind_receiver",
} as const;

const RESPONSES: Readonly<Record<BindKind, number>> = {
  transceiver: protocol.RESPONSE_BIT + protocol.BIND_TRANSCEIVER,
  transmitter: protocol.RESPONSE_BIT + protocol.BIND_TRANSMITTER,
  receiver: protocol.RESPONSE_BIT + protocol.BIND_RECEIVER,
};

/** One bind's handshakes, one after the other. */
export class Handshake {
  /** What it connected as last. */
  kind: BindKind;
  /** The version that the carrier named in its last bind response, 0 if it named none. It may be lower than ours. */
  peerVersion = 0;
  /**
   * False where the carrier has answered as one of SMPP 3.3, to which nothing optional may be sent. Many that say nothing know
   * it well, so there the settings are believed.
   */
  get hasTlvs(): boolean {
    return this.peerVersion === 0 || this.peerVersion >= protocol.VERSION_WITH_TLVS;
  }

  sequence = 0;
  #settings = "";
  readonly #role: BindRole;

  constructor(role: BindRole, carrier: CarrierConfiguration) {
    this.#role = role;
    this.kind = kindOf(carrier, role);
  }

  /** A connection is made with these settings. */
  begin(carrier: CarrierConfiguration): void {
    this.kind = kindOf(carrier, this.#role);
    this.#settings = connectionSettings(carrier, this.#role);
  }

  /** True if the last connection was made with other settings than these. */
  differs(carrier: CarrierConfiguration): boolean {
    return this.#settings !== "" && this.#settings !== connectionSettings(carrier, this.#role);
  }

  request(carrier: CarrierConfiguration, sequence: number): Buffer {
    this.sequence = sequence;
    return new smpp.PDU(REQUESTS[this.kind], {
      sequence_number: sequence,
      system_id: carrier.systemId,
      password: carrier.password,
      system_type: carrier.systemType,
      interface_version: carrier.interfaceVersion,
      addr_ton: carrier.addressRange.ton,
      addr_npi: carrier.addressRange.npi,
      address_range: carrier.addressRange.range,
    }).toBuffer();
  }

  /**
   * True if the bind response at `at` is of our kind. A connection has one bind, so it is the answer to that, whatever
   * sequence number a careless carrier gives it (`isNumbered`).
   */
  isAnswer(bytes: Uint8Array, at: number): boolean {
    return protocol.readUint32(bytes, at + 4) === RESPONSES[this.kind];
  }

  isNumbered(bytes: Uint8Array, at: number): boolean {
    return protocol.readUint32(bytes, at + 12) === this.sequence;
  }

  succeeded(bytes: Uint8Array, at: number, length: number): void {
    this.peerVersion = versionIn(bytes, at, length);
  }
}

export function isBindResponse(commandId: number): boolean {
  return Object.values(RESPONSES).includes(commandId);
}

/** The version that a bind response names, 0 where it names none. Some carriers leave even the system_id away. */
function versionIn(bytes: Uint8Array, at: number, length: number): number {
  const end = at + length;
  let nul = at + protocol.HEADER_BYTES;
  while (nul < end && bytes[nul] !== 0) nul++;
  return Math.max(0, protocol.byteTlv(bytes, nul + 1, end, protocol.TLV_SC_INTERFACE_VERSION));
}

/** What to do about a refused bind, by command_status. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [
    0x01,
    "a field of the bind is too long for the carrier: shorten system_id, password, systemType or the address range",
  ],
  [0x02, "the carrier can't read the bind: try another interfaceVersion"],
  [0x03, 'the carrier does not know this kind of bind: try "bind": "separate", or "transceiver"'],
  [0x04, "the carrier does not allow this kind of bind for the account"],
  [
    0x05,
    "all binds of this system_id are taken: configure fewer, or wait until the carrier has noticed that old ones ended",
  ],
  [0x08, "the carrier has an error of its own: if it stays, ask the carrier"],
  [0x0d, "the bind failed: ask the carrier whether the account is active and our IP address is allowed"],
  [0x0e, "the password is wrong"],
  [0x0f, "the carrier does not know this system_id"],
  [0x14, "the carrier is overloaded"],
  [0x15, "the carrier does not accept this service"],
  [0x53, "the carrier does not accept this systemType"],
  [0x58, "the carrier was asked to bind too often"],
  [0x100, "the account may not use this service: ask the carrier"],
  [0x101, "the account may not bind: ask the carrier"],
  [0x102, "the carrier's service is not available now"],
  [0x103, "the carrier denies the account this service"],
]);

export function refusal(status: number): string {
  const words = REFUSALS.get(status) ?? "the carrier refused the bind for a reason of its own";
  return `${words} (command_status 0x${status.toString(16).padStart(8, "0")})`;
}
