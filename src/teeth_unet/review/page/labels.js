// What can be done to a label map {labels, width, height}. Nothing here knows of the screen.
// Functions return the rectangle in which they changed something, or null.

export function union(one, other) {
  if (!one || !other) return one || other;
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

// Paint a disc; `mayChange` tells of a pixel's label whether it may become another one.
function paintDisc(map, centre, radius, value, mayChange) {
  const left = Math.max(0, Math.ceil(centre.x - radius));
  const right = Math.min(map.width - 1, Math.floor(centre.x + radius));
  const top = Math.max(0, Math.ceil(centre.y - radius));
  const bottom = Math.min(map.height - 1, Math.floor(centre.y + radius));
  if (left > right || top > bottom) return null;
  for (let y = top; y <= bottom; y++) {
    const reach = Math.sqrt(Math.max(0, radius * radius - (y - centre.y) ** 2));
    const from = Math.max(left, Math.ceil(centre.x - reach));
    const to = Math.min(right, Math.floor(centre.x + reach));
    for (let i = y * map.width + from; i <= y * map.width + to; i++) {
      if (mayChange(map.labels[i])) map.labels[i] = value;
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

// Paint along a line, disc by disc, so close that its sides are straight.
export function paintLine(map, from, to, radius, value, mayChange) {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(0.5, radius / 3));
  let changed = null;
  for (let step = 0; step <= steps; step++) {
    const share = steps ? step / steps : 0;
    const centre = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    changed = union(changed, paintDisc(map, centre, radius, value, mayChange));
  }
  return changed;
}

export function boundsOf(map, object) {
  let left = map.width, right = -1, top = map.height, bottom = -1;
  for (let y = 0, i = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++, i++) {
      if (map.labels[i] !== object) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

export function replaceObject(map, object, value) {
  const bounds = boundsOf(map, object);
  for (let i = 0; bounds && i < map.labels.length; i++) {
    if (map.labels[i] === object) map.labels[i] = value;
  }
  return bounds;
}

// Give the region around a point that bears one label to another object. Background that reaches
// the rim of the picture is no hole: nothing is filled then.
export function fillRegion(map, point, value) {
  const { labels, width, height } = map;
  const start = Math.floor(point.y) * width + Math.floor(point.x);
  const old = labels[start];
  if (old === value) return null;
  const found = [start];
  const before = labels.slice();
  labels[start] = value;
  let left = width, right = 0, top = height, bottom = 0;
  for (let next = 0; next < found.length; next++) {
    const i = found[next];
    const x = i % width;
    const y = (i - x) / width;
    if (old === 0 && (x === 0 || y === 0 || x === width - 1 || y === height - 1)) {
      labels.set(before);
      return null;
    }
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
    for (const j of [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i, i - width, i + width]) {
      if (j >= 0 && j < labels.length && labels[j] === old) {
        labels[j] = value;
        found.push(j);
      }
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

// Cut an object along a line: the largest piece keeps its label, the next one gets another.
export function splitObject(map, object, line, value) {
  const bounds = boundsOf(map, object);
  if (!bounds || line.length < 2) return null;
  const around = { ...bounds, labels: crop(map, bounds) };
  const { labels, width } = around;
  const CUT = 65535;
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1], line[i]].map((each) => ({ x: each.x - bounds.x, y: each.y - bounds.y }));
    paintLine(around, from, to, 1.5, CUT, (label) => label === object);
  }
  const pieces = piecesOf(around, object);
  if (pieces.length < 2) return null;
  pieces.sort((one, other) => other.length - one.length);
  for (const i of pieces[1]) labels[i] = value;
  growInto(around, CUT, [object, value]);
  for (let y = 0; y < bounds.height; y++) {
    for (let x = 0; x < width; x++) {
      const label = labels[y * width + x];
      const place = (bounds.y + y) * map.width + bounds.x + x;
      if (map.labels[place] === object) map.labels[place] = label;
    }
  }
  return bounds;
}

function crop(map, bounds) {
  const labels = new Uint16Array(bounds.width * bounds.height);
  for (let y = 0; y < bounds.height; y++) {
    const begin = (bounds.y + y) * map.width + bounds.x;
    labels.set(map.labels.subarray(begin, begin + bounds.width), y * bounds.width);
  }
  return labels;
}

function neighbours(i, width, count) {
  const x = i % width;
  return [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width < count ? i + width : -1];
}

function piecesOf({ labels, width }, object) {
  const seen = new Uint8Array(labels.length);
  const pieces = [];
  for (let start = 0; start < labels.length; start++) {
    if (labels[start] !== object || seen[start]) continue;
    const piece = [start];
    seen[start] = 1;
    for (let next = 0; next < piece.length; next++) {
      for (const j of neighbours(piece[next], width, labels.length)) {
        if (j >= 0 && !seen[j] && labels[j] === object) {
          seen[j] = 1;
          piece.push(j);
        }
      }
    }
    pieces.push(piece);
  }
  return pieces;
}

// Give the pixels of one label to whichever of some objects is nearest.
function growInto({ labels, width }, free, objects) {
  let rim = [];
  for (let i = 0; i < labels.length; i++) {
    if (objects.includes(labels[i])) rim.push(i);
  }
  while (rim.length) {
    const next = [];
    for (const i of rim) {
      for (const j of neighbours(i, width, labels.length)) {
        if (j >= 0 && labels[j] === free) {
          labels[j] = labels[i];
          next.push(j);
        }
      }
    }
    rim = next;
  }
}
