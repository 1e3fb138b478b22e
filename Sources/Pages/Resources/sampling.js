// ---- Sampling

// From the image's pixels to a map's cells, along x and y: a map covers the whole input of the network.
function toCells(image, map) {
  const extents = [map.columns, map.rows];
  return extents.map((extent, axis) => ({
    scale: image.scale[axis] * extent / image.inputExtent[axis],
    shift: image.shift[axis] * extent / image.inputExtent[axis],
  }));
}

function cellAt(image, map, point) {
  const [alongX, alongY] = toCells(image, map);
  const column = Math.floor(alongX.scale * point.x + alongX.shift);
  const row = Math.floor(alongY.scale * point.y + alongY.shift);
  if (row < 0 || column < 0 || row >= map.rows || column >= map.columns) return null;
  return { row, column };
}

// For each of `count` places, starting at cell coordinate `first` and `step` cells apart: the two neighbouring cells and
// the weight of the second. Cell i has its centre at i + 1/2; beyond the outermost centres, the edge values continue.
function neighbours(count, first, step, cellCount, isSmooth) {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const place = first + index * step;
    const clamped = Math.min(Math.max(isSmooth ? place - 0.5 : Math.floor(place), 0), cellCount - 1);
    low[index] = Math.floor(clamped);
    high[index] = Math.min(low[index] + 1, cellCount - 1);
    share[index] = clamped - low[index];
  }
  return { low, high, share };
}

// The neighbours of each pixel in a rectangle of the screen, along both axes.
function tapsFor(image, map, area, isSmooth) {
  const [alongX, alongY] = toCells(image, map);
  const place = (along, pixel) => along.scale * pixel + along.shift;
  return {
    x: neighbours(area.width, place(alongX, area.x + area.step / 2), alongX.scale * area.step, map.columns, isSmooth),
    y: neighbours(area.height, place(alongY, area.y + area.step / 2), alongY.scale * area.step, map.rows, isSmooth),
  };
}

// Calls `use` with each pixel's index and the bilinear interpolation of its four cells; NaN if one of them is.
function forEachSample(cells, columns, taps, use) {
  let pixel = 0;
  for (let y = 0; y < taps.y.low.length; y += 1) {
    const upper = taps.y.low[y] * columns;
    const lower = taps.y.high[y] * columns;
    const down = taps.y.share[y];
    for (let x = 0; x < taps.x.low.length; x += 1) {
      const left = taps.x.low[x];
      const across = taps.x.share[x];
      if (across === 0 && down === 0) {
        use(pixel, cells[upper + left]);
      } else {
        const right = taps.x.high[x];
        const above = (1 - across) * cells[upper + left] + across * cells[upper + right];
        const below = (1 - across) * cells[lower + left] + across * cells[lower + right];
        use(pixel, (1 - down) * above + down * below);
      }
      pixel += 1;
    }
  }
}
