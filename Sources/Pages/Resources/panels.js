// ---- Panels

const viewer = document.getElementById("viewer");
const part = (name, root = viewer) => root.querySelector(`[data-part="${name}"]`);
const panels = [...viewer.querySelectorAll("[data-panel]")].map((element) => ({
  element, canvas: part("canvas", element), marker: part("marker", element), words: part("words", element),
  scale: part("scale", element), bar: part("bar", element), caption: part("caption", element),
  value: part("value", element), shown: null, range: null,
}));
const seenPanels = () => (state.isSideBySide ? panels : panels.slice(0, 1));
let isDrawingScheduled = false;

function scheduleDrawing() {
  if (isDrawingScheduled) return;
  isDrawingScheduled = true;
  requestAnimationFrame(() => {
    isDrawingScheduled = false;
    drawPanels();
  });
}

function drawPanels() {
  const seen = seenPanels();
  seen.forEach((panel) => { panel.shown = resolve(choices[panels.indexOf(panel)]); });
  const allShown = seen.map((panel) => panel.shown);
  seen.forEach((panel, index) => {
    panel.range = panel.shown.map ? rangeOf(panel.shown, allShown) : null;
    drawPanel(panel, choices[index]);
  });
  readPointer();
}

function drawPanel(panel, choice) {
  const image = currentImage();
  const { canvas, shown, range } = panel;
  if (canvas.clientWidth === 0) return;
  const words = wordsFor(shown, range);
  const context = fitted(canvas);
  const place = placement(canvas, image);
  drawImage(context, image, place);
  const area = seenArea(canvas, image, place);
  if (shown.map && words === "") lay(paintedMap(shown, range, image, area), context, image, place, area);
  if (shown.colors) lay(paintedColors(shown.colors, image, area), context, image, place, area);
  drawBoxes(context, image, place, choice);
  panel.words.textContent = words;
  panel.words.hidden = words === "";
  drawBar(panel, words === "" && shown.map !== null);
  panel.caption.textContent = shown.caption + missingCells(shown.map);
  canvas.setAttribute("aria-label", describe(panel.shown, choice));
}

function missingCells(map) {
  if (!map || map.missing === 0) return "";
  return ` · ${map.missing} ${map.missing === 1 ? "cell is" : "cells are"} not finite`;
}

function drawBar(panel, hasColors) {
  panel.scale.classList.toggle("nothing", !hasColors);
  if (!hasColors) return;
  const image = new ImageData(256, 1);
  new Uint32Array(image.data.buffer).set(colormaps[state.colormap].map((color) => (color | 0xff000000) >>> 0));
  panel.bar.getContext("2d").putImageData(image, 0, 0);
  const { low, high } = panel.range;
  part("low", panel.scale).textContent = formatted(low);
  part("middle", panel.scale).textContent = formatted((low + high) / 2);
  part("high", panel.scale).textContent = formatted(high);
}

// Describes a panel in one sentence for screen readers.
function describe(shown, choice) {
  const { picked } = shown;
  const parts = [kindNames[picked.show]];
  if (picked.show === "explanation") parts.push(targetName(choice), picked.target, picked.method, picked.layer);
  if (picked.class !== undefined) parts.push(settings.classes[picked.class].name);
  if (picked.show === "features") parts.push(picked.layer, picked.reduction);
  return `${currentImage().name}: ${parts.filter(Boolean).join(", ")}. ${shown.caption}`;
}

function targetName(choice) {
  const detection = currentImage().detections[choice.detection];
  return detection ? `detection ${choice.detection + 1}, ${detectionName(detection)}` : "";
}

const detectionName = (detection) => `${settings.classes[detection.class].name} ${detection.score.toFixed(2)}`;
