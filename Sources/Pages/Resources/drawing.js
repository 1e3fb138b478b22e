// ---- Drawing

// The colormap as 256 pixels with opacity.
function pixelsOfColormap() {
  const opacity = state.opacity / 100;
  return colormaps[state.colormap].map((color, index) => {
    const share = state.fades ? Math.min(1, index / 128) : 1;
    return (color | (Math.round(255 * opacity * share) << 24)) >>> 0;
  });
}

function paintedMap(shown, range, image, area) {
  const painted = new ImageData(area.width, area.height);
  const pixels = new Uint32Array(painted.data.buffer);
  const table = pixelsOfColormap();
  const factor = 256 / (range.high - range.low);
  const taps = tapsFor(image, shown.map, area, state.isSmooth);
  forEachSample(drawnCells(shown.map, shown.isRectified), shown.map.columns, taps, (pixel, value) => {
    // NaN has no colour.
    if (value !== value) return;
    const place = (value - range.low) * factor;
    pixels[pixel] = table[place < 0 ? 0 : place > 255 ? 255 : Math.floor(place)];
  });
  return painted;
}

function paintedColors(colors, image, area) {
  const painted = new ImageData(area.width, area.height);
  const taps = tapsFor(image, colors, area, state.isSmooth);
  colorPlanes(colors).forEach((plane, channel) => {
    forEachSample(plane, colors.columns, taps, (pixel, value) => { painted.data[4 * pixel + channel] = value; });
  });
  const opacity = Math.round(255 * state.opacity / 100);
  for (let pixel = 3; pixel < painted.data.length; pixel += 4) painted.data[pixel] = opacity;
  return painted;
}

function fitted(canvas) {
  const density = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.max(1, Math.round(side * density)));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return context;
}

const sheet = document.createElement("canvas");

// Draws painted pixels over the image, clipped to it.
function lay(painted, context, image, place, area) {
  Object.assign(sheet, { width: painted.width, height: painted.height });
  sheet.getContext("2d").putImageData(painted, 0, 0);
  context.save();
  context.beginPath();
  context.rect(place.left, place.top, image.width * place.scale, image.height * place.scale);
  context.clip();
  context.drawImage(sheet, area.left, area.top);
  context.restore();
}

function drawImage(context, image, place) {
  if (!image.bitmap.complete || image.bitmap.naturalWidth === 0) return;
  context.imageSmoothingEnabled = place.scale < 4;
  context.drawImage(
    image.bitmap, place.left, place.top, image.width * place.scale, image.height * place.scale);
}

function drawBoxes(context, image, place, choice) {
  if (state.boxes === "none") return;
  const isAll = state.boxes === "all";
  if (isAll) for (const each of image.annotations) drawBox(context, place, each, { dashed: true, width: 1.25 });
  image.detections.forEach((each, index) => {
    if (isAll && index !== choice.detection) drawBox(context, place, each, { width: 1.25 });
  });
  const selected = image.detections[choice.detection];
  if (!selected) return;
  drawBox(context, place, selected, { width: 2.5 });
  drawPeak(context, image, place, selected);
  drawLabel(context, place, selected);
}

function drawBox(context, place, object, { width, dashed = false }) {
  if (!object.box) return;
  const [left, top, right, bottom] = object.box;
  if (object.isPoint) return drawPoint(context, place, object, { width, dashed });
  const edges = [
    place.left + left * place.scale, place.top + top * place.scale, (right - left) * place.scale,
    (bottom - top) * place.scale,
  ];
  context.setLineDash(dashed ? [5, 4] : []);
  context.lineWidth = width + 1.5;
  context.strokeStyle = "rgba(0, 0, 0, 0.5)";
  context.strokeRect(...edges);
  context.lineWidth = width;
  context.strokeStyle = settings.classes[object.class].color;
  context.strokeRect(...edges);
  context.setLineDash([]);
}

// Draws a point as a cross, upright where a box would be dashed.
function drawPoint(context, place, object, { width, dashed }) {
  const x = place.left + object.box[0] * place.scale;
  const y = place.top + object.box[1] * place.scale;
  const [along, across] = dashed ? [5, 0] : [4, 4];
  for (const [color, wide] of [["rgba(0, 0, 0, 0.5)", width + 1.5], [settings.classes[object.class].color, width]]) {
    context.strokeStyle = color;
    context.lineWidth = wide;
    context.beginPath();
    context.moveTo(x - along, y - across);
    context.lineTo(x + along, y + across);
    context.moveTo(x - across, y + along);
    context.lineTo(x + across, y - along);
    context.stroke();
  }
}

// Draws the centre of the cell of a detection's peak.
function drawPeak(context, image, place, detection) {
  const grid = image.heatmaps.predicted?.[0];
  if (!grid || !detection.peak) return;
  const [alongX, alongY] = toCells(image, grid);
  const x = place.left + place.scale * (detection.peak[1] + 0.5 - alongX.shift) / alongX.scale;
  const y = place.top + place.scale * (detection.peak[0] + 0.5 - alongY.shift) / alongY.scale;
  for (const [color, width] of [["rgba(0, 0, 0, 0.6)", 4], ["#fff", 1.5]]) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - 5, y);
    context.lineTo(x + 5, y);
    context.moveTo(x, y - 5);
    context.lineTo(x, y + 5);
    context.stroke();
  }
}

function drawLabel(context, place, detection) {
  if (!detection.box) return;
  const { name, color, text } = settings.classes[detection.class];
  const words = `${shortened(name)} ${detection.score.toFixed(2)}`;
  context.font = "600 12px system-ui, sans-serif";
  const width = context.measureText(words).width + 10;
  const [canvasWidth, canvasHeight] = [context.canvas.clientWidth, context.canvas.clientHeight];
  const left = Math.min(Math.max(0, place.left + detection.box[0] * place.scale - 1), canvasWidth - width);
  const above = place.top + detection.box[1] * place.scale - 20;
  const top = Math.min(Math.max(0, above < 0 ? above + 22 : above), canvasHeight - 18);
  context.fillStyle = color;
  context.fillRect(left, top, width, 18);
  context.fillStyle = text;
  context.textBaseline = "middle";
  context.fillText(words, left + 5, top + 9.5);
}

const shortened = (name) => (name.length > 40 ? name.slice(0, 39) + "…" : name);
