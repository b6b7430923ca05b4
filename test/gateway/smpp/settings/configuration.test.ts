import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCarriers } from "../../../../gateway/smpp/settings/configuration.js";
import { SMPP } from "../../../../schemas/limits.js";
import { temporaryFolder } from "../../../temp-folder.js";

const carrier = {
  name: "alfa",
  host: "smsc.example",
  port: 2775,
  systemId: "burger",
  password: "geheim1",
  sender: "Burgernet",
};

function read(carriers: unknown, environment: Record<string, string> = {}) {
  return readCarriers(JSON.stringify({ carriers }), environment);
}

describe("configuration of carriers", () => {
  test("fills in every default", () => {
    expect(read([carrier])).toEqual({
      ok: true,
      value: [
        {
          ...carrier,
          tls: null,
          systemType: "",
          addressRange: { ton: 0, npi: 0, range: "" },
          interfaceVersion: 0x34,
          bind: "transceiver",
          binds: 1,
          receivers: 0,
          share: 1,
          routes: [],
          costPerSegment: null,
          currency: "EUR",
          senderTon: null,
          senderNpi: null,
          countryCode: 31,
          numberPrefix: "",
          destinationTon: 1,
          destinationNpi: 1,
          serviceType: "",
          priority: { urgent: 3, normal: 0 },
          validity: "absolute",
          receipts: "final",
          intermediate: false,
          messageIds: "auto",
          receiptsPer: "auto",
          alphabet: "gsm0338",
          nationalTables: [],
          concatenation: "udh8",
          bindRatePerSecond: SMPP.ratePerSecondMax,
          window: SMPP.window,
          ratePerSecond: SMPP.ratePerSecondMax,
          bindTimeoutMs: SMPP.bindTimeoutMs,
          responseTimeoutMs: SMPP.responseTimeoutMs,
          enquireLinkMs: SMPP.enquireLinkMs,
          enquireLinkTimeoutMs: SMPP.enquireLinkTimeoutMs,
        },
      ],
    });
  });

  test.each([
    [{ ...carrier, port: 0 }, "/carriers/0/port"],
    [{ ...carrier, port: "2775" }, "/carriers/0/port"],
    [{ ...carrier, host: undefined }, "/carriers/0/host"],
    [{ ...carrier, sender: "Burgernet Woerden" }, "/carriers/0/sender"],
    [{ ...carrier, sender: "1234567890123456" }, "/carriers/0/sender"],
    [{ ...carrier, window: SMPP.windowMax + 1 }, "/carriers/0/window"],
    [{ ...carrier, passwordEnv: "X" }, "/carriers/0/password"],
    [{ ...carrier, password: undefined }, "/carriers/0/password"],
    [{ ...carrier, share: -1 }, "/carriers/0/share"],
    [{ ...carrier, routes: ["31", "+49"] }, "/carriers/0/routes/1"],
    [{ ...carrier, interfaceVersion: "3.3" }, "/carriers/0/interfaceVersion"],
    [{ ...carrier, receivers: 2 }, "/carriers/0/receivers"],
    [{ ...carrier, priority: { urgent: 4 } }, "/carriers/0/priority/urgent"],
    [{ ...carrier, addressRange: { ton: 256 } }, "/carriers/0/addressRange/ton"],
    [{ ...carrier, concatenation: "udh" }, "/carriers/0/concatenation"],
    [{ ...carrier, messageIds: "hex" }, "/carriers/0/messageIds"],
    [{ ...carrier, nationalTables: ["turkish", "dutch"] }, "/carriers/0/nationalTables/1"],
    [{ ...carrier, alphabet: "latin1", nationalTables: ["turkish"] }, "/carriers/0/nationalTables"],
    [{ ...carrier, tls: { keyFile: "key.pem" } }, "/carriers/0/tls/keyFile"],
    [{ ...carrier, tls: { caFile: "/nowhere/ca.pem" } }, "/carriers/0/tls/caFile"],
  ])("names a mistake with its place: %#", (mistaken, place) => {
    const result = read([mistaken]);
    expect(result).toMatchObject({ ok: false, problem: { code: "CONFIGURATION_INVALID", field: place } });
  });

  test("names every mistake, unknown settings and doubled names too, and never a password", () => {
    const result = read([carrier, { ...carrier, windows: 5 }, { ...carrier, name: "beta", binds: 99 }]);
    expect(result.ok).toBe(false);
    const detail = result.ok ? "" : result.problem.detail;
    expect(detail).toContain("/carriers/1");
    expect(detail).toContain("windows");
    expect(detail).toContain("/carriers/2/binds");
    expect(detail).not.toContain("geheim1");
    expect(read([carrier, carrier])).toMatchObject({ ok: false, problem: { field: "/carriers/1/name" } });
    const broken = readCarriers('{"carriers":[{"password":"geheim1" "port":1}]}', {});
    expect(JSON.stringify(broken)).not.toContain("geheim1");
    expect(broken).toMatchObject({ ok: false, problem: { code: "CONFIGURATION_INVALID" } });
  });

  test("names the line and the column where it is not JSON", () => {
    const mistaken = readCarriers('{\n  "carriers": [\n    {"name": "alfa",}\n  ]\n}', {});
    expect(mistaken).toMatchObject({ ok: false, problem: { detail: "not JSON at line 3, column 21" } });
    const cut = readCarriers('{\n  "carriers": [', {});
    expect(cut).toMatchObject({ ok: false, problem: { detail: "not JSON at line 2, column 16" } });
    // V8 names no position for these.
    const bare = readCarriers('{"carriers": [\n  {"password": geheim,\n   "name": "alfa"}\n]}', {});
    expect(bare).toMatchObject({ ok: false, problem: { detail: "not JSON at line 2, column 16" } });
    const behind = readCarriers('{"carriers": []}\n}', {});
    expect(behind).toMatchObject({ ok: false, problem: { detail: "not JSON at line 2, column 1" } });
  });

  test("takes certificates that are in PEM, and shows nothing of a file that is not", () => {
    const path = join(temporaryFolder(), "key.pem");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
    const asCa = read([{ ...carrier, tls: { caFile: path } }]);
    expect(asCa).toMatchObject({ ok: false, problem: { field: "/carriers/0/tls/caFile" } });
    writeFileSync(path, "geheim");
    const asKey = read([{ ...carrier, tls: { keyFile: path, certificateFile: path } }]);
    expect(asKey).toMatchObject({ ok: false, problem: { code: "CONFIGURATION_INVALID" } });
    expect(JSON.stringify(asKey)).not.toContain("geheim");
    expect(read([{ ...carrier, tls: true }])).toMatchObject({
      value: [{ tls: { ca: null, serverName: null, certificate: null, key: null } }],
    });
  });

  test("takes a password from the environment or a file, and says where there is none", () => {
    const folder = mkdtempSync(join(tmpdir(), "seinpost-carriers-"));
    const path = join(folder, "password");
    writeFileSync(path, "uit-bestand\n");
    const { password: _, ...rest } = carrier;
    const both = [
      { ...rest, passwordEnv: "ALFA" },
      { ...rest, name: "beta", passwordFile: path },
    ];
    const result = read(both, { ALFA: "uit-omgeving" });
    expect(result.ok && result.value.map((one) => one.password)).toEqual(["uit-omgeving", "uit-bestand"]);
    expect(read(both)).toMatchObject({ ok: false, problem: { field: "/carriers/0/passwordEnv" } });
    expect(read(both, { ALFA: "" })).toMatchObject({ ok: false, problem: { detail: expect.stringContaining("ALFA") } });
    rmSync(folder, { recursive: true });
    const gone = read(both, { ALFA: "x" });
    expect(gone).toMatchObject({ ok: false, problem: { field: "/carriers/1/passwordFile" } });
  });
});
