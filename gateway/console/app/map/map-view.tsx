/**
 * The map: a canvas with the country, what was drawn, and what a room lays over it. By hand: drag, wheel, two fingers, double click; by keyboard:
 * arrows move it, + and − come nearer and go farther, Enter puts down a circle or a corner at the cross, Backspace takes a corner back, C
 * closes the polygon, Escape begins anew.
 *
 * Draws once a frame at most, and only what changed. `overlay` is drawn last, over the areas: for the dots of a running action.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { isDark } from "../kit/theme.js";
import type { Shape } from "./areas.js";
import { type Colours, coloursOf } from "./colours.js";
import { type Canvas, drawCorners, drawCountry, drawCross, drawShapes } from "./draw.js";
import { close, corner, type Drawing, down, drag, halfDrawn, IDLE, type Step, up, withoutLast } from "./drawing.js";
import type { Layers } from "./layers.js";
import { moved, type Point, scaleBar, toPlace, type View, zoomed } from "./view.js";

export interface MapWords {
  readonly map: string;
  readonly help: string;
  readonly nearer: string;
  readonly farther: string;
}

export interface MapProps {
  readonly words: MapWords;
  readonly view: View;
  readonly setView: (view: View) => void;
  readonly layers: Layers | undefined;
  readonly shapes: readonly Shape[];
  /** What else lies there: other actions, a ring to come. */
  readonly others?: readonly Shape[];
  /** Absent where nothing can be drawn. */
  readonly drawing?: Drawing;
  readonly onStep?: (step: Step) => void;
  /** Of a circle that is put down without a drag. */
  readonly usualMeters?: number;
  readonly overlay?: (canvas: Canvas, view: View, colours: Colours) => void;
}

/** What takes keys by itself, in ways that its help describes: WAI-ARIA's application, which takes the focus. */
const WIDGET = { role: "application", tabIndex: 0 } as const;
const NEARER = 1.5;
const MOVE_PIXELS = 80;
const DRAG_PIXELS = 4;
const SCALE_PIXELS = 120;

export function MapView(props: MapProps) {
  const { words, view, setView } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [hasFocus, setFocus] = useState(false);
  const [hand, setHand] = useState<Point>();
  const known = useRef(props);
  known.current = props;
  useSize(frame, (width, height) => setView({ ...known.current.view, width, height }));
  // Another theme has other colours, which a canvas does not take by itself: read here, it draws anew.
  isDark();
  useEffect(() => {
    const id = requestAnimationFrame(() => canvas.current && paint(canvas.current, known.current, hasFocus, hand));
    return () => cancelAnimationFrame(id);
  });
  const widget = {
    ...{ ...WIDGET, "aria-label": words.map, "aria-describedby": "map-help" },
    onFocus: ({ currentTarget }: { readonly currentTarget: Element }) =>
      setFocus(currentTarget.matches(":focus-visible")),
    onBlur: () => setFocus(false),
    onKeyDown: (event: KeyboardEvent) => byKey(event, props),
    ...useHands(known, setHand),
  };
  const scale = scaleBar(view, SCALE_PIXELS);
  return (
    <div class="map" ref={frame}>
      <div class="map-hands" data-tool={props.drawing?.tool ?? "move"} {...widget}>
        <canvas ref={canvas} />
      </div>
      <p id="map-help" class="unseen">
        {words.help}
      </p>
      <div class="map-zoom">
        <button type="button" aria-label={words.nearer} onClick={() => setView(zoomed(view, NEARER))}>
          +
        </button>
        <button type="button" aria-label={words.farther} onClick={() => setView(zoomed(view, 1 / NEARER))}>
          −
        </button>
      </div>
      <div class="map-scale" style={{ width: `${scale.pixels}px` }}>
        {scale.meters >= 1_000 ? `${scale.meters / 1_000} km` : `${scale.meters} m`}
      </div>
    </div>
  );
}

function paint(element: HTMLCanvasElement, props: MapProps, hasFocus: boolean, hand: Point | undefined): void {
  const canvas = element.getContext("2d");
  const { view, drawing = IDLE } = props;
  if (canvas === null || view.width === 0) return;
  const [width, height] = [Math.round(view.width * devicePixelRatio), Math.round(view.height * devicePixelRatio)];
  if (element.width !== width) element.width = width;
  if (element.height !== height) element.height = height;
  const colours = coloursOf(element);
  drawCountry(canvas, view, props.layers, colours);
  const other = { line: colours.other, fill: 0, pixels: 2, dash: [6, 4] };
  drawShapes(canvas, view, props.others ?? [], other);
  const look = { line: colours.area, fill: 0.18, pixels: 2 };
  const half = halfDrawn(drawing);
  drawShapes(canvas, view, half ? [...props.shapes, half] : props.shapes, look);
  if (drawing.corners.length > 0) drawCorners(canvas, view, drawing.corners, hand, look);
  props.overlay?.(canvas, view, colours);
  if (hasFocus) drawCross(canvas, view, colours.name);
}

function useSize(
  frame: { readonly current: HTMLDivElement | null },
  call: (width: number, height: number) => void,
): void {
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) call(Math.round(entry.contentRect.width), Math.round(entry.contentRect.height));
    });
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
}

interface Press {
  readonly from: Point;
  last: Point;
  hasDragged: boolean;
  /** The middle button, Shift, or the tool: the map is moved, nothing is drawn. */
  readonly moves: boolean;
}

/** What fingers and mice do. Two fingers move and zoom, whatever the tool. */
function useHands(known: { readonly current: MapProps }, setHand: (hand: Point | undefined) => void) {
  const pressed = useRef<Press | undefined>(undefined);
  const fingers = useRef(new Map<number, Point>());
  const place = (event: PointerEvent): Point => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const step = (taken: Step): void => known.current.onStep?.(taken);
  return {
    onPointerDown: (event: PointerEvent) => {
      const { view, drawing } = known.current;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      const at = place(event);
      fingers.current.set(event.pointerId, at);
      const moves = drawing === undefined || drawing.tool === "move" || event.button !== 0 || event.shiftKey;
      pressed.current = { from: at, last: at, hasDragged: false, moves };
      if (fingers.current.size > 1) pressed.current = undefined;
      else if (!moves && drawing) step(down(drawing, toPlace(view, at)));
    },
    onPointerMove: (event: PointerEvent) => {
      const { view, setView, drawing } = known.current;
      const at = place(event);
      const before = fingers.current.get(event.pointerId);
      if (before && fingers.current.size > 1) setView(pinched(view, fingers.current, event.pointerId, at));
      if (before) fingers.current.set(event.pointerId, at);
      const press = pressed.current;
      if (drawing?.tool === "polygon") setHand(at);
      if (press === undefined) return;
      if (Math.hypot(at[0] - press.from[0], at[1] - press.from[1]) > DRAG_PIXELS) press.hasDragged = true;
      if (press.moves || drawing?.tool === "polygon")
        setView(moved(view, at[0] - press.last[0], at[1] - press.last[1]));
      else if (press.hasDragged && drawing) step(drag(drawing, toPlace(view, at)));
      press.last = at;
    },
    onPointerUp: (event: PointerEvent) => {
      const { view, drawing, usualMeters = 1_000 } = known.current;
      fingers.current.delete(event.pointerId);
      const press = pressed.current;
      pressed.current = undefined;
      if (press && !press.moves && drawing)
        step(up(drawing, toPlace(view, place(event)), usualMeters, press.hasDragged));
    },
    onPointerCancel: (event: PointerEvent) => {
      fingers.current.delete(event.pointerId);
      pressed.current = undefined;
    },
    onDblClick: () => {
      const { drawing } = known.current;
      if (drawing?.tool === "polygon") step(close(drawing));
    },
    onContextMenu: (event: Event) => event.preventDefault(),
    onWheel: (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
      const { view, setView } = known.current;
      const notches = Math.max(-3, Math.min(3, event.deltaY / 100));
      setView(zoomed(view, NEARER ** -notches, [event.clientX - left, event.clientY - top]));
    },
  };
}

/** Two fingers: what is between them stays between them. */
function pinched(view: View, fingers: ReadonlyMap<number, Point>, finger: number, at: Point): View {
  const before = fingers.get(finger)!;
  const [, other] = [...fingers].find(([id]) => id !== finger)!;
  const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
  const is = Math.hypot(at[0] - other[0], at[1] - other[1]);
  const middle: Point = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
  const nearer = was > 0 ? zoomed(view, is / was, middle) : view;
  return moved(nearer, (at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [MOVE_PIXELS, 0],
  ArrowRight: [-MOVE_PIXELS, 0],
  ArrowUp: [0, MOVE_PIXELS],
  ArrowDown: [0, -MOVE_PIXELS],
};

function byKey(event: KeyboardEvent, { view, setView, drawing, onStep, usualMeters = 1_000 }: MapProps): void {
  const arrow = ARROWS[event.key];
  const fine = event.shiftKey ? 1 / 8 : 1;
  if (arrow) setView(moved(view, arrow[0] * fine, arrow[1] * fine));
  else if (event.key === "+" || event.key === "=") setView(zoomed(view, NEARER));
  else if (event.key === "-") setView(zoomed(view, 1 / NEARER));
  else if (drawing === undefined || onStep === undefined) return;
  else if (event.key === "Enter" && drawing.tool !== "move") {
    const middle = view.center;
    onStep(
      drawing.tool === "circle"
        ? up(down(drawing, middle).drawing, middle, usualMeters, false)
        : corner(drawing, middle),
    );
  } else if (event.key === "Backspace") onStep(withoutLast(drawing));
  else if (event.key === "c" || event.key === "C") onStep(close(drawing));
  else if (event.key === "Escape") onStep({ drawing: { ...IDLE, tool: drawing.tool } });
  else return;
  event.preventDefault();
}
