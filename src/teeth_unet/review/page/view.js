// The X-ray on the screen: where it is, how large, and what is drawn over it. Three canvases lie on
// each other: the X-ray, the tint, and numbers with the cursor. The browser's own filters change
// contrast and brightness, and opacity, without a pixel being computed here.

import { Tint, thresholded } from "./paint.js";
import { $, nameOf, on, state } from "./state.js";

const box = $("view");
const layers = { xray: $("xray"), tint: $("tint"), top: $("top") };
const tint = new Tint();
let bitmap = null;
let place = { scale: 1, x: 0, y: 0 }; // of the X-ray's top left corner, in pixels of the page
let preview = null; // of another threshold
let isWhole = true; // until its user zooms or moves it, the X-ray fills its room, however that changes
let centres = new Map();
let planned = { image: false, top: false };

export const cursor = { x: 0, y: 0, isShown: false, line: null };

export function setBitmap(image) {
  bitmap = image;
  box.classList.toggle("has-case", Boolean(image));
}

export const toXray = (x, y) => ({ x: (x - place.x) / place.scale, y: (y - place.y) / place.scale });

export const toPage = (point) => ({ x: point.x * place.scale + place.x, y: point.y * place.scale + place.y });

export const scale = () => place.scale;

export function pan(x, y) {
  isWhole = false;
  place.x += x;
  place.y += y;
  plan("image");
}

export function zoom(factor, at = { x: box.clientWidth / 2, y: box.clientHeight / 2 }) {
  if (!bitmap) return;
  isWhole = false;
  const wanted = Math.min(32, Math.max(0.05, place.scale * factor));
  const share = wanted / place.scale;
  place = { scale: wanted, x: at.x - (at.x - place.x) * share, y: at.y - (at.y - place.y) * share };
  thicken();
  plan("image");
}

export const zoomTo = (wanted) => zoom(wanted / place.scale);

export function fit() {
  if (!bitmap) return;
  isWhole = true;
  const wanted = Math.min(box.clientWidth / bitmap.width, box.clientHeight / bitmap.height) * 0.98;
  place = {
    scale: wanted,
    x: (box.clientWidth - bitmap.width * wanted) / 2,
    y: (box.clientHeight - bitmap.height * wanted) / 2,
  };
  thicken();
  plan("image");
}

// Bring a point of the X-ray onto the screen, if it is not.
export function reveal(point) {
  const at = toPage(point);
  const margin = 30;
  const dx = at.x < margin ? margin - at.x : Math.min(0, box.clientWidth - margin - at.x);
  const dy = at.y < margin ? margin - at.y : Math.min(0, box.clientHeight - margin - at.y);
  if (dx || dy) pan(dx, dy);
}

export const centreOf = (object) => centres.get(object);

export function showPreview(probabilities, size, threshold) {
  preview = probabilities && thresholded(probabilities, size, threshold);
  plan("image");
}

// Outlines stay visible where an X-ray is shown smaller than it is.
function thicken() {
  const wanted = Math.max(1, Math.round(1.2 / (place.scale * devicePixelRatio)));
  if (wanted === tint.thick || !state.case) return;
  tint.thick = wanted;
  tint.paint(null);
}

export function plan(what) {
  if (!planned.image && !planned.top) requestAnimationFrame(draw);
  planned[what] = true;
}

function draw() {
  const { image } = planned;
  planned = { image: false, top: false };
  if (!bitmap || !state.case) return;
  if (image) {
    drawLayer(layers.xray, bitmap, place.scale < 2);
    if (preview) drawLayer(layers.tint, preview, true);
    else drawLayer(layers.tint, tint.canvas, place.scale < 1);
  }
  drawTop();
}

function prepared(canvas) {
  const ratio = devicePixelRatio;
  const width = Math.round(box.clientWidth * ratio);
  const height = Math.round(box.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function drawLayer(canvas, image, isSmooth) {
  const context = prepared(canvas);
  context.imageSmoothingEnabled = isSmooth;
  const { width, height } = bitmap;
  context.drawImage(image, place.x, place.y, width * place.scale, height * place.scale);
}

function drawTop() {
  const context = prepared(layers.top);
  if (!preview && layers.tint.style.visibility !== "hidden") drawNames(context);
  if (!cursor.isShown) return;
  const at = toPage(cursor);
  context.strokeStyle = "#fff";
  context.lineWidth = 1;
  context.beginPath();
  if (["brush", "erase"].includes(state.tool)) {
    context.arc(at.x, at.y, Math.max(1, state.size * place.scale), 0, 7);
  } else {
    for (const [dx, dy] of [[8, 0], [0, 8]]) {
      context.moveTo(at.x - dx, at.y - dy);
      context.lineTo(at.x + dx, at.y + dy);
    }
  }
  if (cursor.line) {
    const begin = toPage(cursor.line[0]);
    context.moveTo(begin.x, begin.y);
    for (const point of cursor.line) context.lineTo(toPage(point).x, toPage(point).y);
  }
  context.stroke();
}

function drawNames(context) {
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / .75)";
  for (const [object, tooth] of state.case.teeth) {
    const centre = centres.get(object);
    if (!centre) continue;
    const { x, y } = toPage(centre);
    context.fillStyle = object === state.chosen ? "#fff" : "#f5efdc";
    context.strokeText(nameOf(tooth), x, y);
    context.fillText(nameOf(tooth), x, y);
  }
}

// Where the number of each object stands: in its middle (a small piece elsewhere does not count
// much in a median), or where it comes nearest to that.
function findCentres() {
  const { labels, width, height } = state.case;
  const places = new Map();
  for (let y = 0; y < height; y += 3) {
    for (let x = 0, i = y * width; x < width; x += 3, i += 3) {
      if (!labels[i]) continue;
      const [xs, ys] = places.get(labels[i]) || places.set(labels[i], [[], []]).get(labels[i]);
      xs.push(x);
      ys.push(y);
    }
  }
  const median = (values) => values.sort((one, other) => one - other)[values.length >> 1];
  centres = new Map([...places].map(([object, [xs, ys]]) => [object, within(object, median(xs), median(ys))]));
}

// The middle of a bent tooth may lie outside of it.
function within(object, x, y) {
  const { labels, width, height } = state.case;
  if (labels[y * width + x] === object) return { x, y };
  let [best, found] = [Infinity, { x, y }];
  for (let row = 0; row < height; row += 3) {
    if ((row - y) ** 2 >= best) continue;
    for (let column = 0, i = row * width; column < width; column += 3, i += 3) {
      const distance = (row - y) ** 2 + (column - x) ** 2;
      if (labels[i] === object && distance < best) [best, found] = [distance, { x: column, y: row }];
    }
  }
  return found;
}

on("case", () => {
  preview = null;
  tint.resize(state.case.width, state.case.height);
  findCentres();
  fit();
  tint.paint(null);
  plan("image");
});
on("labels", (rectangle) => {
  tint.paint(rectangle);
  findCentres();
  plan("image");
});
on("stroke", (rectangle) => {
  tint.paint(rectangle);
  plan("image");
});
for (const event of ["teeth", "chosen"]) {
  on(event, () => {
    if (state.case) tint.paint(null);
    plan("image");
  });
}
on("tool", () => plan("top"));
new ResizeObserver(() => (isWhole ? fit() : plan("image"))).observe(box);
