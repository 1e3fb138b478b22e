// ---- Keyboard

const opacities = [0, 20, 40, 60, 80, 100];

function stepTarget(by) {
  const count = targetList().length;
  if (count > 0) selectTarget(Math.min(count - 1, Math.max(0, selectedTarget() + by)));
}

// Selects the next option of the first of these pickers that the active panel has.
function stepPicker(names, by) {
  const { options, picked } = resolve(activeChoice());
  const name = names.find((each) => (options[each] ?? []).length > 0);
  if (name) pick(state.active, name, next(options[name], picked[name], by));
}

function stepOpacity(by) {
  const nearest = opacities.reduce((best, each) =>
    (Math.abs(each - state.opacity) < Math.abs(best - state.opacity) ? each : best));
  state.opacity = next(opacities, nearest, by);
}

function stepImage(by) {
  showImage((state.image + by + settings.images.length) % settings.images.length);
}

// Moves to the neighbouring cell, starting from the image's centre.
function stepCell(columns, rows) {
  const image = currentImage();
  const map = panels[state.active].shown?.map;
  const [alongX, alongY] = map ? toCells(image, map) : [{ scale: 1, shift: 0 }, { scale: 1, shift: 0 }];
  const from = state.pointer ?? { x: image.width / 2, y: image.height / 2 };
  const along = (axis, value, by, extent) => {
    const cell = Math.floor(axis.scale * value + axis.shift) + by;
    const center = (cell + 0.5 - axis.shift) / axis.scale;
    return center >= 0 && center < extent ? center : value;
  };
  state.pointer = { x: along(alongX, from.x, columns, image.width), y: along(alongY, from.y, rows, image.height) };
  readPointer();
  part("status").textContent = panels[state.active].value.textContent;
}

const keys = {
  j: () => stepTarget(1), k: () => stepTarget(-1), ArrowDown: () => stepTarget(1), ArrowUp: () => stepTarget(-1),
  ArrowRight: () => stepTarget(1), ArrowLeft: () => stepTarget(-1),
  v: () => stepPicker(["show"], 1), V: () => stepPicker(["show"], -1),
  m: () => stepPicker(["method", "class", "reduction"], 1), M: () => stepPicker(["method", "class", "reduction"], -1),
  "]": () => stepPicker(["layer"], 1), "[": () => stepPicker(["layer"], -1),
  w: () => stepPicker(["target"], 1), W: () => stepPicker(["target"], -1),
  s: () => actions.sideBySide(),
  x: () => { state.active = state.isSideBySide ? 1 - state.active : 0; },
  c: () => { state.colormap = next(Object.keys(colormaps), state.colormap, 1); },
  C: () => { state.colormap = next(Object.keys(colormaps), state.colormap, -1); },
  o: () => stepOpacity(1), O: () => stepOpacity(-1),
  r: () => { state.range = next(["own", "shown", "alike"], state.range, 1); },
  b: () => { state.boxes = next(["all", "selected", "none"], state.boxes, 1); },
  i: () => { state.isSmooth = !state.isSmooth; }, n: () => { state.showsNegative = !state.showsNegative; },
  f: () => { state.fades = !state.fades; },
  "+": () => actions.zoomIn(), "=": () => actions.zoomIn(), "-": () => actions.zoomOut(), 0: () => actions.zoomWhole(),
  p: () => stepImage(1), P: () => stepImage(-1), t: () => changeTheme(), "?": () => actions.help(),
};
const cellKeys = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

// Whether the focused element handles the key itself.
function isTaken(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.getElementById("help").open) return true;
  const { target } = event;
  if (target instanceof HTMLSelectElement) return event.key !== "?";
  return target instanceof HTMLInputElement && target.type === "range" && event.key.startsWith("Arrow");
}

// If the viewer is only a part of the page, it handles only keys pressed inside it.
function isMeant(event) {
  return viewer.parentElement === document.body || viewer.contains(event.target);
}

document.addEventListener("keydown", (event) => {
  if (isTaken(event) || !isMeant(event)) return;
  const isCanvas = event.target instanceof HTMLCanvasElement;
  if (event.shiftKey && isCanvas && cellKeys[event.key]) {
    event.preventDefault();
    stepCell(...cellKeys[event.key]);
    return;
  }
  const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (!action) return;
  event.preventDefault();
  action();
  update();
});
