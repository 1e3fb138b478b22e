// ---- Pointer

let drag = null;

// The pointer's place in the image; null outside it.
function pointAt(panel, event) {
  const image = currentImage();
  const frame = panel.canvas.getBoundingClientRect();
  const place = placement(panel.canvas, image);
  const x = (event.clientX - frame.left - place.left) / place.scale;
  const y = (event.clientY - frame.top - place.top) / place.scale;
  // How far a point of the image may be away: 8 pixels of the screen.
  const reach = 8 / place.scale;
  return x >= 0 && y >= 0 && x < image.width && y < image.height ? { x, y, reach } : null;
}

function readPointer() {
  const point = state.pointer;
  for (const panel of seenPanels()) readPanel(panel, point);
  part("place").textContent = point
    ? `x ${point.x.toFixed(1)}, y ${point.y.toFixed(1)} px` : "Move over the image to read values.";
  part("object").textContent = point ? objectText(point) : "";
}

function readPanel(panel, point) {
  const image = currentImage();
  panel.marker.hidden = !point;
  panel.value.textContent = "";
  if (!point) return;
  const place = placement(panel.canvas, image);
  panel.marker.style.transform =
    `translate(${place.left + point.x * place.scale}px, ${place.top + point.y * place.scale}px)`;
  const map = panel.shown?.map;
  const at = map && cellAt(image, map, point);
  if (!at) return;
  const value = cellsOf(map)[at.row * map.columns + at.column];
  panel.value.textContent = `row ${at.row}, column ${at.column}: ${formatted(value)}`;
}

function objectText(point) {
  const { detections, annotations } = currentImage();
  const note = (object) => (object.note ? ` (${object.note})` : "");
  const [found] = objectsAt(detections, point);
  const [annotated] = objectsAt(annotations, point);
  const parts = [];
  if (found) parts.push(`detection ${found.index + 1}: ${detectionName(found)}${note(found)}`);
  if (annotated) parts.push(`annotated: ${settings.classes[annotated.class].name}${note(annotated)}`);
  return parts.join(" · ");
}

function movePointer(panel, event) {
  if (drag) {
    moveImage(event);
    return;
  }
  state.pointer = pointAt(panel, event);
  const isOver = state.pointer && objectsAt(currentImage().detections, state.pointer).length > 0;
  panel.canvas.classList.toggle("over", Boolean(isOver) && state.boxes !== "none");
  readPointer();
}

function moveImage(event) {
  const image = currentImage();
  const { scale } = placement(drag.panel.canvas, image);
  const [byX, byY] = [event.clientX - drag.x, event.clientY - drag.y];
  drag.distance = Math.max(drag.distance, Math.hypot(byX, byY));
  if (drag.distance < 4) return;
  drag.panel.canvas.classList.add("dragging");
  centerOn(drag.centerX - byX / (image.width * scale), drag.centerY - byY / (image.height * scale));
  scheduleDrawing();
}

// Keeps the image's centre where the canvas shows as little background as possible.
function centerOn(x, y) {
  const image = currentImage();
  const { canvas } = panels[0];
  const { scale } = placement(canvas, image);
  const within = (center, extent, length) => {
    const half = Math.min(0.5, extent / 2 / (length * scale));
    return Math.min(1 - half, Math.max(half, center));
  };
  state.centerX = within(x, canvas.clientWidth, image.width);
  state.centerY = within(y, canvas.clientHeight, image.height);
}

function endDrag(index, event) {
  if (!drag) return;
  const wasClick = drag.distance < 4;
  drag.panel.canvas.classList.remove("dragging");
  drag = null;
  const point = pointAt(panels[index], event);
  if (!wasClick || !point) return;
  activate(index);
  const [found] = objectsAt(currentImage().detections, point);
  if (found) selectTarget(found.index);
}

function turnWheel(panel, event) {
  // The wheel scrolls a scrollable page unless Ctrl is held.
  const page = document.documentElement;
  if (!event.ctrlKey && page.scrollHeight > page.clientHeight + 1) return;
  event.preventDefault();
  const point = pointAt(panel, event);
  const before = placement(panel.canvas, currentImage());
  zoom(Math.exp(-event.deltaY / 400));
  if (point) keepInPlace(panel, point, event, before);
  update();
}

// Keeps the point under the pointer in place.
function keepInPlace(panel, point, event) {
  const image = currentImage();
  const frame = panel.canvas.getBoundingClientRect();
  const { scale } = placement(panel.canvas, image);
  centerOn(
    (point.x + (panel.canvas.clientWidth / 2 - (event.clientX - frame.left)) / scale) / image.width,
    (point.y + (panel.canvas.clientHeight / 2 - (event.clientY - frame.top)) / scale) / image.height);
}

panels.forEach((panel, index) => {
  const { canvas } = panel;
  canvas.addEventListener("pointermove", (event) => movePointer(panel, event));
  canvas.addEventListener("pointerleave", () => {
    if (drag) return;
    state.pointer = null;
    readPointer();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    try { canvas.setPointerCapture(event.pointerId); } catch { }
    drag = {
      panel, x: event.clientX, y: event.clientY, centerX: state.centerX, centerY: state.centerY, distance: 0,
    };
  });
  canvas.addEventListener("pointerup", (event) => endDrag(index, event));
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("wheel", (event) => turnWheel(panel, event), { passive: false });
  new ResizeObserver(scheduleDrawing).observe(canvas);
});
