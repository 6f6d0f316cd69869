// The tint over the X-ray, at the X-ray's own size: what is inside a tooth, and its outline.

import { colourOf, state } from "./state.js";

const INSIDE = 80; // opacity, of 255
const INSIDE_CHOSEN = 150;

export class Tint {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.thick = 1; // of outlines, in pixels of the X-ray
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.context = this.canvas.getContext("2d");
  }

  // Paint a rectangle anew, or all of it.
  paint(rectangle) {
    const { labels, width, height, teeth } = state.case;
    const reach = this.thick;
    const part = rectangle || { x: 0, y: 0, width, height };
    const left = Math.max(0, part.x - reach);
    const top = Math.max(0, part.y - reach);
    const right = Math.min(width, part.x + part.width + reach);
    const bottom = Math.min(height, part.y + part.height + reach);
    const image = this.context.createImageData(right - left, bottom - top);
    const pixels = new Uint32Array(image.data.buffer);
    const { inside, rim } = coloursOf(teeth);
    for (let y = top, at = 0; y < bottom; y++) {
      for (let x = left, i = y * width + left; x < right; x++, i++, at++) {
        const label = labels[i];
        if (label === 0) continue;
        const isRim =
          x < reach || x >= width - reach || y < reach || y >= height - reach ||
          labels[i - reach] !== label || labels[i + reach] !== label ||
          labels[i - reach * width] !== label || labels[i + reach * width] !== label;
        pixels[at] = isRim ? rim[label] : inside[label];
      }
    }
    this.context.putImageData(image, left, top);
  }
}

// By object the colour of its inside and of its outline, as a canvas stores them: ABGR.
function coloursOf(teeth) {
  const inside = [];
  const rim = [];
  for (const [object, tooth] of teeth) {
    const isChosen = object === state.chosen;
    const colour = colourOf(tooth);
    inside[object] = packed(colour, isChosen ? INSIDE_CHOSEN : INSIDE);
    rim[object] = packed(isChosen ? [255, 255, 255] : colour, 255);
  }
  return { inside, rim };
}

const packed = ([red, green, blue], opacity) => ((opacity << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// The network's map with another threshold, at the network's size: quick enough for a slider.
export function thresholded(probabilities, size, threshold) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  const tooth = packed([230, 159, 0], 130);
  const least = threshold * 255;
  for (let i = 0; i < pixels.length; i++) if (probabilities[i] >= least) pixels[i] = tooth;
  context.putImageData(image, 0, 0);
  return canvas;
}
