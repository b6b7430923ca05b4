/** What the dispatcher's page knows and shows. What was typed is kept (kit/kept.ts); everything else is asked for anew. */
import { computed, effect, signal } from "@preact/signals";
import type { Action, ActionPage, Preview } from "../../../../schemas/api/api.js";
import type { KindsFile } from "../../../../schemas/kinds/kinds-file.js";
import { type Answer, ask, type Problem } from "../kit/api.js";
import { kept } from "../kit/kept.js";
import { session } from "../kit/session-state.js";
import { placesOf, type Shape } from "../map/areas.js";
import { type Drawing, halfDrawn, IDLE, type Step } from "../map/drawing.js";
import type { LngLat } from "../map/geodesic.js";
import { shapesOf } from "../map/shown.js";
import { boxOf, fitted, START, type View } from "../map/view.js";
import { type Asked, askedOf, type Draft, type Kind, lacks, NEW_DRAFT } from "./draft.js";
import { Paced } from "./paced.js";

/** Milliseconds of rest after which the counts are asked for. */
const PAUSE_MS = 120;
/** A key has 600 previews an hour; two desks with one key get along with this. */
const BURST = 40;
const EVERY_MS = 10_000;
const OTHERS_EVERY_MS = 20_000;
/** Those that go out, or soon will. */
const RUNNING: readonly string[] = ["selecting", "sending", "sent", "held", "approved", "scheduled"];

const typed = kept<Draft>("dispatch", NEW_DRAFT);
export const draft = typed.value;
export const forgetDraft = (): void => typed.clear();
export const change = (part: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...part };
};

export const kinds = signal<readonly Kind[]>([]);
export const testGroups = signal<readonly string[]>([]);
export const others = signal<readonly Action[]>([]);
export const loadProblem = signal<Problem | undefined>(undefined);

export const kind = computed(() => kinds.value.find(({ id }) => id === draft.value.kind));
export const missing = computed(() => lacks(draft.value, kind.value));
export const asked = computed(() => askedOf(draft.value, kind.value));

export const view = signal<View>(START);
export const drawing = signal<Drawing>(IDLE);
export const refusedStep = signal<Step["refused"]>(undefined);

export function take(step: Step): void {
  drawing.value = step.drawing;
  refusedStep.value = step.refused;
  if (step.shape) change({ shapes: [...draft.value.shapes, step.shape] });
}

export function lookAt(places: Iterable<LngLat>): void {
  const box = boxOf(places);
  if (box) view.value = fitted(view.value, box);
}

export function lookAtShape(shape: Shape): void {
  if (shape.type === "Circle") lookAt(placesOf(shape));
  else if (shape.type === "Polygon") lookAt(shape.corners);
}

/** Of the last that was asked for, or of what was asked before, with a word that it is being counted. */
export const preview = signal<Preview | undefined>(undefined);
export const previewProblem = signal<Problem | undefined>(undefined);
export const isCounting = signal(false);

const counting = new Paced<Asked, Answer<Preview>>({
  ask: (body, signal) => ask<Preview>("POST", "/v1/previews", { body, signal }),
  show: (answer) => {
    isCounting.value = false;
    previewProblem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) preview.value = answer.value;
  },
  timing: {
    nowMs: () => performance.now(),
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  },
  ...{ pauseMs: PAUSE_MS, burst: BURST, everyMs: EVERY_MS },
});

export const countAgain = (): void => {
  isCounting.value = asked.value !== undefined;
  counting.again(asked.value);
};

/** From when the page is entered until it is left. */
export function enter(): () => void {
  void load();
  const timer = setInterval(() => void loadOthers(), OTHERS_EVERY_MS);
  const stops = [
    effect(() => {
      const wanted = withHalfDrawn();
      isCounting.value = wanted !== undefined;
      if (wanted === undefined) preview.value = undefined;
      counting.want(wanted);
    }),
    // Who signs in again after a while sees what is there now.
    effect(() => {
      if (session.value.is === "open" && loadProblem.peek()) void load();
    }),
  ];
  return () => {
    clearInterval(timer);
    counting.want(undefined);
    for (const stop of stops) stop();
  };
}

/** A circle counts while it is drawn, too. */
function withHalfDrawn(): Asked | undefined {
  const half = halfDrawn(drawing.value);
  if (half === undefined) return asked.value;
  return askedOf({ ...draft.value, shapes: [...draft.value.shapes, half] }, kind.value);
}

async function load(): Promise<void> {
  const [catalogue, groups] = await Promise.all([
    ask<KindsFile>("GET", "/v1/kinds"),
    ask<{ readonly testGroups: readonly { readonly name: string }[] }>("GET", "/v1/test-groups"),
    loadOthers(),
  ]);
  loadProblem.value = catalogue.ok ? undefined : catalogue.problem;
  if (catalogue.ok) kinds.value = catalogue.value.kinds as readonly Kind[];
  if (groups.ok) testGroups.value = groups.value.testGroups.map(({ name }) => name);
}

async function loadOthers(): Promise<void> {
  const page = await ask<ActionPage>("GET", "/v1/actions?limit=50");
  if (page.ok) others.value = page.value.actions.filter(({ status }) => RUNNING.includes(status));
}

/** Those whose area lies where this one does, by the boxes around both. */
export const nearby = computed(() => {
  const here = asked.value && boxOf(placesOf(asked.value.area));
  if (here === undefined) return [];
  return others.value.filter(({ area }) => {
    const box = boxOf(placesOf(area as Asked["area"]));
    return box !== undefined && box[0] <= here[2] && box[2] >= here[0] && box[1] <= here[3] && box[3] >= here[1];
  });
});

export const otherShapes = computed(() => others.value.flatMap(({ area }) => shapesOf(area as Asked["area"])));
