import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCarriers } from "../../../gateway/smpp/configuration.js";
import { SMPP } from "../../../schemas/limits.js";

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
          numberPrefix: "",
          destinationTon: 1,
          destinationNpi: 1,
          serviceType: "",
          priority: { urgent: 3, normal: 0 },
          validity: "absolute",
          receipts: "final",
          intermediate: false,
          messageIds: "auto",
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
    [{ ...carrier, alphabet: "latin1", nationalTables: ["turkish"] }, "/carriers/0/nationalTables"],
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
    rmSync(folder, { recursive: true });
    const gone = read(both, { ALFA: "x" });
    expect(gone).toMatchObject({ ok: false, problem: { field: "/carriers/1/passwordFile" } });
  });
});
