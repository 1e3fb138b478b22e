// ---- Choices

const kindNames = {
  explanation: "explanation", predicted: "predicted heatmap", true: "ground-truth heatmap", features: "feature maps",
  image: "image only",
};
const components = "first 3 components";
const state = {
  image: 0, active: 0, isSideBySide: settings.sideBySide, colormap: "turbo", range: settings.sideBySide ? "shown" : "own", opacity: 75, boxes: "all",
  isSmooth: true, showsNegative: false, fades: true, zoom: 1, centerX: 0.5, centerY: 0.5, pointer: null,
};

function newChoice(show) {
  return { show, detection: 0, target: "score", method: "", layer: settings.firstLayer, classIndex: 0, reduction: "" };
}

const choices = settings.sideBySide
  ? [newChoice("predicted"), newChoice("true")] : [newChoice("explanation"), newChoice("predicted")];

const currentImage = () => imageAt(state.image);
const unique = (values) => [...new Set(values)];
const wished = (values, wish) => (values.includes(wish) ? wish : values[0]);

// The next of several values, cyclically.
function next(values, value, by) {
  const place = values.indexOf(value);
  return values[(place < 0 ? 0 : place + by + values.length) % values.length];
}

function kindsOf(image) {
  return Object.keys(kindNames).filter((kind) => {
    switch (kind) {
      case "explanation": return image.explanations.length > 0;
      case "features": return image.features.length > 0;
      case "image": return true;
      default: return image.heatmaps[kind] !== null && image.heatmaps[kind].length > 0;
    }
  });
}

// The options of a panel, the picked ones, and the resulting map.
function resolve(choice) {
  const image = currentImage();
  const show = wished(kindsOf(image), choice.show);
  const options = { show: kindsOf(image) };
  const picked = { show };
  if (show === "explanation") return resolveExplanation(image, choice, options, picked);
  if (show === "features") return resolveFeatures(image, choice, options, picked);
  if (show === "image") return { options, picked, map: null, caption: image.name };
  return resolveHeatmap(image, choice, options, picked);
}

function resolveExplanation(image, choice, options, picked) {
  let found = image.explanations.filter((each) => each.detection === choice.detection);
  for (const part of ["target", "method", "layer"]) {
    options[part] = unique(found.map((each) => each[part]));
    picked[part] = wished(options[part], choice[part]);
    found = found.filter((each) => each[part] === picked[part]);
  }
  const explanation = found[0];
  if (!explanation) return { options, picked, map: null, caption: "", words: "This detection was not explained." };
  const { map, milliseconds } = explanation;
  const cost = milliseconds === null ? "" : ` · ${formatted(milliseconds)} ms`;
  const alike = image.explanations.filter(
    (each) => each.method === explanation.method && each.layer === explanation.layer).map((each) => each.map);
  return {
    options, picked, map, alike, isRectified: !state.showsNegative,
    caption: `${cellCount(map)}${cost} · raw from ${formatted(map.minimum)} to ${formatted(map.maximum)}`,
  };
}

function resolveFeatures(image, choice, options, picked) {
  options.layer = image.features.map((each) => each.layer);
  picked.layer = wished(options.layer, choice.layer);
  const layer = image.features.find((each) => each.layer === picked.layer);
  options.reduction = layer.reductions.map((each) => each.name).concat(layer.components ? [components] : []);
  picked.reduction = wished(options.reduction, choice.reduction);
  if (picked.reduction === components) {
    return { options, picked, map: null, colors: layer.components, caption: cellCount(layer.components) };
  }
  const reduction = layer.reductions.find((each) => each.name === picked.reduction);
  if (!reduction) return { options, picked, map: null, caption: "", words: "No data for this layer." };
  const alike = image.features.flatMap((each) => each.reductions)
    .filter((each) => each.name === picked.reduction).map((each) => each.map);
  return { options, picked, map: reduction.map, alike, caption: cellCount(reduction.map) };
}

function resolveHeatmap(image, choice, options, picked) {
  const planes = image.heatmaps[picked.show];
  options.class = settings.classes.map((_, index) => index);
  picked.class = wished(options.class, choice.classIndex);
  const map = planes[picked.class];
  const alike = [...(image.heatmaps.predicted ?? []), ...(image.heatmaps.true ?? [])];
  return { options, picked, map, alike, caption: `${cellCount(map)} · highest ${formatted(map.maximum)}` };
}

const cellCount = (map) => `${map.rows} × ${map.columns} cells`;

// The values that get the first and the last colour.
function rangeOf(shown, allShown) {
  const maps = {
    own: [shown.map], alike: shown.alike,
    shown: allShown.filter((each) => each.map).map((each) => each.map),
  }[state.range];
  const known = maps.filter((map) => map.missing < map.rows * map.columns);
  const limit = (number) => (shown.isRectified ? Math.max(number, 0) : number);
  return {
    low: limit(Math.min(...known.map((map) => map.minimum))),
    high: limit(Math.max(...known.map((map) => map.maximum))),
  };
}

// Why a map is not coloured; empty if it is.
function wordsFor(shown, range) {
  const { map } = shown;
  if (shown.words || !map) return shown.words ?? "";
  if (map.missing === map.rows * map.columns) return "This map has no finite values.";
  if (speaksAgainst(map)) {
    return shown.isRectified
      ? "No value is above zero: nothing here supports the target. “Below zero” shows what counts against it." : "";
  }
  if (map.flat) return flatnessOf(map);
  return range.low < range.high ? "" : "All values in this range are equal: there is nothing to colour.";
}

function speaksAgainst(map) {
  return map.maximum <= 0 && map.maximum - map.minimum > 1e-6 * Math.abs(map.minimum);
}

function flatnessOf(map) {
  const reason = map.flatness ?? "flat: there is nothing to colour";
  const extent = map.minimum === map.maximum ? `All values are ${formatted(map.minimum)}.`
    : `All values lie between ${formatted(map.minimum)} and ${formatted(map.maximum)}.`;
  return `${reason[0].toUpperCase()}${reason.slice(1)}. ${extent}`;
}

// Four significant digits, with a power of ten only if needed.
function formatted(number) {
  if (!Number.isFinite(number)) return "not finite";
  const size = Math.abs(number);
  const text = size !== 0 && (size < 0.001 || size >= 100000)
    ? number.toExponential(3) : String(Number(number.toPrecision(4)));
  return text.replaceAll("-", "−");
}
