// ---- Maps

const levels = 65534;
const notFinite = 65535;

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

// Cells as computed; values that are not finite are NaN.
function decodedCells(map) {
  const cells = new Float32Array(map.rows * map.columns).fill(map.minimum);
  if (map.values === "") return cells;
  const codes = new DataView(bytesOf(map.values).buffer);
  const step = (map.maximum - map.minimum) / levels;
  for (let index = 0; index < cells.length; index += 1) {
    const code = codes.getUint16(2 * index, true);
    cells[index] = code === notFinite ? NaN : map.minimum + code * step;
  }
  return cells;
}

function cellsOf(map) {
  map.cells ??= decodedCells(map);
  return map.cells;
}

// Cells as drawn: in explanations only positive values, unless negative ones are shown, too.
function drawnCells(map, isRectified) {
  if (!isRectified) return cellsOf(map);
  map.rectified ??= cellsOf(map).map((cell) => (cell < 0 ? 0 : cell));
  return map.rectified;
}

// Red, green and blue of a layer's components as three planes.
function colorPlanes(components) {
  if (!components.planes) {
    const bytes = bytesOf(components.colors);
    components.planes = [0, 1, 2].map((channel) =>
      Float32Array.from({ length: bytes.length / 3 }, (_, cell) => bytes[3 * cell + channel]));
  }
  return components.planes;
}

// 256 colours as pixels without alpha.
const colormaps = Object.fromEntries(Object.entries(settings.colormaps).map(([name, table]) => [
  name,
  Uint32Array.from({ length: 256 }, (_, index) => {
    const color = parseInt(table.slice(6 * index, 6 * index + 6), 16);
    return ((color & 255) << 16) | (color & 0xff00) | (color >> 16);
  }),
]));
