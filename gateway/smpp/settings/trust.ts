/**
 * TLS towards a carrier. The certificate is always checked, against the configured name or the host, and there is no way to
 * switch that off: SMPP sends its password in clear.
 *
 * Promises words for what goes wrong in the handshake that say which check failed.
 */
import { isIP, type LookupFunction } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from "node:tls";
import type { TlsConfiguration } from "../../../schemas/carrier.js";
import type { ErrorCode } from "../../../schemas/errors.js";

export interface Trouble {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Connects and shakes hands; "secureConnect" comes once the certificate is found good. */
export function connectSecurely(host: string, port: number, tls: TlsConfiguration, lookup?: LookupFunction): TLSSocket {
  const name = tls.serverName ?? host;
  const options: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
    host,
    port,
    rejectUnauthorized: true,
    allowHalfOpen: true,
    // RFC 6066 has no addresses in SNI; the certificate is checked against the address all the same.
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    ...(tls.ca !== null && { ca: tls.ca }),
    ...(tls.certificate !== null && { cert: tls.certificate }),
    ...(tls.key !== null && { key: tls.key }),
    ...(lookup !== undefined && { lookup }),
  };
  return connect(options).setNoDelay(true);
}

const UNKNOWN_ISSUER =
  "it was issued by an authority that is not trusted here: name that authority's certificate as caFile";

/** OpenSSL's names of failed checks (X509_V_ERR_…), and Node's for the name. */
const CHECKS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet: is this machine's clock right?",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed: if it is the carrier's, name it as caFile",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  CERT_SIGNATURE_FAILURE: "its signature is wrong",
  CERT_REVOKED: "it was revoked",
  INVALID_PURPOSE: "it is not for a server",
};

/** Why there is no connection, or no longer one, in words. `tls` is null on a connection without TLS. */
export function troubleOf(error: Error, socket: TLSSocket | null, tls: TlsConfiguration | null, host: string): Trouble {
  const code = "code" in error ? String(error.code) : error.name;
  const failedCheck: unknown = socket?.authorizationError;
  if (socket === null || tls === null) return { code: "CARRIER_UNREACHABLE", detail: code };
  if (failedCheck === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      code: "CARRIER_UNTRUSTED",
      detail: `the carrier's certificate: it is not for "${tls.serverName ?? host}"`,
    };
  }
  if (failedCheck) {
    return { code: "CARRIER_UNTRUSTED", detail: `the carrier's certificate: ${CHECKS[code] ?? `it fails ${code}`}` };
  }
  const alert = /ALERT_(\w+)$/.exec(code)?.[1]?.toLowerCase().replaceAll("_", " ");
  if (alert !== undefined) return { code: "CARRIER_REFUSED_BIND", detail: `the carrier refuses TLS with us: ${alert}` };
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return { code: "CARRIER_UNREACHABLE", detail: `no TLS that we understand is spoken there (${code})` };
  }
  return { code: "CARRIER_UNREACHABLE", detail: code };
}
