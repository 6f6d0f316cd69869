// Label maps as the server sends them: [value, length, value, length, …], row after row.

export function unpack(runs, count) {
  const labels = new Uint16Array(count);
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    if (runs[i]) labels.fill(runs[i], at, at + runs[i + 1]);
    at += runs[i + 1];
  }
  return labels;
}

// The runs of a rectangle {x, y, width, height} of a map that is `width` pixels wide.
export function packRectangle(labels, width, rectangle) {
  const runs = [];
  let value = -1;
  for (let y = rectangle.y; y < rectangle.y + rectangle.height; y++) {
    const begin = y * width + rectangle.x;
    for (let i = begin; i < begin + rectangle.width; i++) {
      if (labels[i] === value) {
        runs[runs.length - 1]++;
      } else {
        value = labels[i];
        runs.push(value, 1);
      }
    }
  }
  return runs;
}

export function putRectangle(labels, width, patch) {
  let x = 0;
  let y = 0;
  for (let i = 0; i < patch.runs.length; i += 2) {
    for (let left = patch.runs[i + 1]; left > 0;) {
      const length = Math.min(left, patch.width - x);
      const begin = (patch.y + y) * width + patch.x + x;
      labels.fill(patch.runs[i], begin, begin + length);
      left -= length;
      x += length;
      if (x === patch.width) {
        x = 0;
        y++;
      }
    }
  }
}
