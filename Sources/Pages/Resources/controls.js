// ---- Controls

const control = (name) => viewer.querySelector(`[data-control="${name}"]`);
const activeChoice = () => choices[state.active];
const targets = part("targets");
const keptOptions = new WeakMap();

function fill(select, values, names, value) {
  const signature = JSON.stringify([values, names]);
  if (keptOptions.get(select) !== signature) {
    keptOptions.set(select, signature);
    select.replaceChildren(...values.map((each, index) => {
      const option = document.createElement("option");
      option.value = String(each);
      option.textContent = names[index];
      return option;
    }));
  }
  select.value = String(value);
}

function showImage(index) {
  state.image = index;
  Object.assign(state, { zoom: 1, centerX: 0.5, centerY: 0.5, pointer: null });
  const explained = currentImage().explanations.find((each) => each.detection !== null);
  for (const choice of choices) selectDetection(choice, explained ? explained.detection : 0);
  const { width, height } = currentImage();
  viewer.style.setProperty("--aspect", Math.min(3, Math.max(0.75, width / height)));
  fillTargets();
  update();
}

function selectDetection(choice, index) {
  const detection = currentImage().detections[index];
  choice.detection = index;
  if (detection) choice.classIndex = detection.class;
}

// The targets: the detections, and targets that are not single detections.
function targetList() {
  const { detections, explanations } = currentImage();
  const others = unique(explanations.filter((each) => each.detection === null).map((each) => each.target));
  return detections.map((_, detection) => ({ detection })).concat(others.map((target) => ({ detection: null, target })));
}

function fillTargets() {
  const { detections, explanations } = currentImage();
  const explained = new Set(explanations.map((each) => each.detection));
  targets.replaceChildren(...targetList().map(({ detection, target }, index) => {
    const found = detections[detection];
    const row = document.createElement("div");
    row.className = "target";
    row.id = `target-${index}`;
    row.setAttribute("role", "option");
    if (explanations.length > 0 && !explained.has(detection)) row.classList.add("silent");
    row.append(cell("chip", ""), cell("name", found ? settings.classes[found.class].name : target));
    row.append(cell("figure", found ? found.score.toFixed(2) : ""));
    if (found) row.firstChild.style.background = settings.classes[found.class].color;
    if (found?.note) row.append(cell("note", found.note));
    row.addEventListener("click", () => selectTarget(index));
    return row;
  }));
  if (detections.length === 0) targets.prepend(cell("empty", "No detections."));
  part("count").textContent = String(detections.length);
}

function cell(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function selectedTarget() {
  const { detection, target } = activeChoice();
  return targetList().findIndex((each) => each.detection === detection && (detection !== null || each.target === target));
}

function selectTarget(index) {
  const target = targetList()[index];
  if (!target) return;
  if (target.detection === null) Object.assign(activeChoice(), target);
  else selectDetection(activeChoice(), target.detection);
  update();
}

function update() {
  updateTargets();
  panels.forEach((panel, index) => updatePickers(panel, choices[index]));
  updateToolbar();
  part("status").textContent = describe(resolve(activeChoice()), activeChoice());
  scheduleDrawing();
}

function updateTargets() {
  const selected = selectedTarget();
  targets.querySelectorAll(".target").forEach((row, index) => {
    row.setAttribute("aria-selected", String(index === selected));
    if (index === selected) scrollListTo(row);
  });
  if (selected >= 0) targets.setAttribute("aria-activedescendant", `target-${selected}`);
  else targets.removeAttribute("aria-activedescendant");
}

// Scrolls only the list, not the page.
function scrollListTo(row) {
  const [list, place] = [targets.getBoundingClientRect(), row.getBoundingClientRect()];
  if (place.top < list.top) targets.scrollTop -= list.top - place.top;
  else if (place.bottom > list.bottom) targets.scrollTop += place.bottom - list.bottom;
}

function updatePickers(panel, choice) {
  const { options, picked } = resolve(choice);
  for (const select of panel.element.querySelectorAll("[data-choice]")) {
    const name = select.dataset.choice;
    const values = options[name] ?? [];
    select.closest(".field").hidden = values.length === 0 || (name === "target" && values.length === 1);
    const names = { show: (each) => kindNames[each], class: (each) => settings.classes[each].name }[name] ?? String;
    fill(select, values, values.map(names), picked[name]);
  }
}

function updateToolbar() {
  fill(control("image"), settings.images.map((_, index) => index), settings.images, state.image);
  viewer.querySelector('[data-field="image"]').hidden = settings.images.length < 2;
  fill(control("colormap"), Object.keys(colormaps), Object.keys(colormaps), state.colormap);
  control("range").value = state.range;
  control("boxes").value = state.boxes;
  control("opacity").value = state.opacity;
  part("opacity").textContent = `${state.opacity} %`;
  control("smooth").checked = state.isSmooth;
  control("negative").checked = state.showsNegative;
  control("fade").checked = state.fades;
  part("zoom").textContent = `${Math.round(100 * state.zoom)} %`;
  viewer.querySelector('[data-action="sideBySide"]').setAttribute("aria-pressed", String(state.isSideBySide));
  part("panels").classList.toggle("double", state.isSideBySide);
  panels[1].element.hidden = !state.isSideBySide;
  panels.forEach((panel, index) => panel.element.classList.toggle("active", index === state.active));
}

const actions = {
  sideBySide() {
    state.isSideBySide = !state.isSideBySide;
    state.active = 0;
  },
  zoomIn: () => zoom(1.5), zoomOut: () => zoom(1 / 1.5),
  zoomWhole: () => Object.assign(state, { zoom: 1, centerX: 0.5, centerY: 0.5 }),
  help() {
    const help = document.getElementById("help");
    if (!help.open) help.showModal();
  },
};

function zoom(factor) {
  state.zoom = Math.min(32, Math.max(1, state.zoom * factor));
}

const settingsOfControls = {
  colormap: (select) => { state.colormap = select.value; }, range: (select) => { state.range = select.value; },
  boxes: (select) => { state.boxes = select.value; }, opacity: (slider) => { state.opacity = Number(slider.value); },
  smooth: (box) => { state.isSmooth = box.checked; }, negative: (box) => { state.showsNegative = box.checked; },
  fade: (box) => { state.fades = box.checked; },
};
for (const [name, set] of Object.entries(settingsOfControls)) {
  control(name).addEventListener("input", (event) => {
    set(event.target);
    update();
  });
}
control("image").addEventListener("input", (event) => showImage(Number(event.target.value)));

panels.forEach((panel, index) => {
  panel.element.addEventListener("focusin", () => activate(index));
  for (const select of panel.element.querySelectorAll("[data-choice]")) {
    select.addEventListener("input", () => pick(index, select.dataset.choice, select.value));
  }
});

function activate(index) {
  if (state.active === index) return;
  state.active = index;
  update();
}

function pick(index, name, value) {
  if (name === "class") choices[index].classIndex = Number(value);
  else choices[index][name] = value;
  update();
}

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => {
    actions[button.dataset.action]();
    update();
  });
}
for (const button of document.querySelectorAll("[data-show-image]")) {
  button.addEventListener("click", () => {
    showImage(Number(button.dataset.showImage));
    viewer.scrollIntoView({ block: "center" });
    targets.focus({ preventScroll: true });
  });
}
