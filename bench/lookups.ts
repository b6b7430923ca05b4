/**
 * keys.lookups: how many participants a municipality can look up in a second with all that a look-up costs beside itself: the key
 * is looked for by its hash, and who looked is on the disk before the answer. The peer is the same look-up without either. At the
 * route, so without what HTTP costs both; sixteen at a time, as many connections would ask.
 */
import { LOCAL } from "../engine/audit/actor.js";
import { Trail } from "../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../engine/clock/clock.js";
import { type MunicipalityFile, openMunicipality } from "../engine/municipality/open.js";
import { Proposals } from "../engine/proposals/proposals.js";
import type { LiveRegistry } from "../engine/registry/live/live-registry.js";
import { type DataFolder, openDataFolder } from "../engine/registry/open.js";
import { Keys } from "../engine/rights/keys.js";
import { SCOPES_OF_ROLE } from "../engine/rights/scopes.js";
import { NOBODY } from "../gateway/http/request/admission.js";
import type { RawHead, Route } from "../gateway/http/request/route.js";
import { audited } from "../gateway/http/routes/audited.js";
import { municipalityRoutes } from "../gateway/http/routes/municipality/municipality-routes.js";
import { Random } from "../loadtest/registry/random.js";
import { fail, ok } from "../schemas/errors.js";
import { given, openedLive } from "./live-registry.js";
import type { BenchOptions, Report } from "./report.js";
import { line, type Samples, sample } from "./sample.js";

const AT_A_TIME = 16;
const RUNS = 9;
const RUN_MS = 1_000;
const TINY_MS = 20;
const PATH = "/v1/participants/{participant}";

export async function run(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const data = given(openDataFolder(folder));
  const live = await openedLive(data);
  const file = await openedFile(data, live);
  const trail = new Trail(data.store, Date.now);
  const keys = new Keys(data.store, MACHINE_CLOCK, trail);
  const { secret } = given(await keys.create({ name: "country", scopes: SCOPES_OF_ROLE.operator }, LOCAL));
  const plain = lookUpOf(municipalityRoutes(file));
  const whole = lookUpOf(audited(municipalityRoutes(file), trail));
  const [withBoth, without]: [number[], number[]] = [[], []];
  const random = new Random();
  random.start(20_261_130, 0);
  const head = (who: RawHead["who"]): RawHead => headOf(who, Math.floor(random.next() * live.rows));
  const runMs = tiny ? TINY_MS : RUN_MS;
  // In turns, so that whatever else the machine does falls on both.
  const measured = await sample("keys.lookups", tiny ? 1 : RUNS, async () => {
    without.push(await perSecond(runMs, () => plain.run(head(NOBODY), NOTHING)));
    withBoth.push(await perSecond(runMs, () => whole.run(head({ ...NOBODY, ...given(keys.verify(secret)) }), NOTHING)));
    return withBoth.at(-1)!;
  });
  tell(measured, without, report);
  await Promise.all([file.imports.stop(), file.renewal.stop()]);
  given(await live.close());
  await data.store.close();
}

function tell(measured: Samples, without: readonly number[], report: Report): void {
  const value = without.toSorted((a, b) => a - b)[Math.floor(without.length / 2)]!;
  report(line("keys.lookups", "/s", measured, { value, ratio: measured.p50 / value }));
}

/** So many are under way at a time, for as long as that. */
async function perSecond(forMs: number, ask: () => ReturnType<Route["run"]>): Promise<number> {
  const fromMs = performance.now();
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - fromMs < forMs) {
      given(await ask());
      done++;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return (done / (performance.now() - fromMs)) * 1_000;
}

const NOTHING = new Uint8Array(0);

function lookUpOf(routes: readonly Route[]): Route {
  return routes.find(({ method, path }) => method === "GET" && path === PATH)!;
}

function headOf(who: RawHead["who"], participant: number): RawHead {
  return {
    ...{ method: "GET", path: PATH, params: { participant: String(participant) }, query: "", who },
    ...{
      idempotencyKey: "",
      contentLength: "",
      ifNoneMatch: "",
      range: "",
      ifRange: "",
      ifMatch: "",
      charset: undefined,
    },
    ...{ acceptEncoding: "", isSecure: false },
    signal: new AbortController().signal,
  };
}

/** Without places: nobody is added here. */
async function openedFile(data: DataFolder, live: LiveRegistry): Promise<MunicipalityFile> {
  const onFatal = given;
  const { generation } = live;
  return given(
    await openMunicipality({
      ...{ data, live, positions: { purge: async () => ok(undefined) } },
      proposals: Proposals.load({
        ...data,
        generation,
        forgotten: () => live.settled(),
        onFatal: (problem) => onFatal({ ok: false, problem }),
      }),
      places: {
        municipalityAt: () => undefined,
        ...{ boundaries: undefined, boundariesId: undefined, populationId: undefined },
        positionOfPostcode: () => fail("POSTCODES_MISSING", "there are none here"),
      },
      onFatal: (problem) => onFatal({ ok: false, problem }),
    }),
  );
}
