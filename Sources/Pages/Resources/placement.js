// ---- Placement

// The image's place on a canvas: CSS pixels per image pixel, and the position of its corner.
function placement(canvas, image) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = state.zoom * Math.min(width / image.width, height / image.height);
  const along = (extent, length, center) => {
    const size = length * scale;
    if (size <= extent) return (extent - size) / 2;
    return Math.min(0, Math.max(extent - size, extent / 2 - center * size));
  };
  return {
    scale, left: along(width, image.width, state.centerX), top: along(height, image.height, state.centerY),
  };
}

// The visible part of the image in screen pixels.
function seenArea(canvas, image, place) {
  const left = Math.max(0, Math.floor(place.left));
  const top = Math.max(0, Math.floor(place.top));
  const right = Math.min(canvas.clientWidth, Math.ceil(place.left + image.width * place.scale));
  const bottom = Math.min(canvas.clientHeight, Math.ceil(place.top + image.height * place.scale));
  return {
    left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top), step: 1 / place.scale,
    x: (left - place.left) / place.scale, y: (top - place.top) / place.scale,
  };
}

// The points up to `place.reach` away, nearest first, and the boxes around a place, smallest first, since small boxes may be reachable
// nowhere else.
function objectsAt(objects, place) {
  const area = ({ box }) => (box[2] - box[0]) * (box[3] - box[1]);
  const distance = ({ box }) => Math.hypot(box[0] - place.x, box[1] - place.y);
  const numbered = objects.map((object, index) => ({ ...object, index })).filter(({ box }) => box);
  const points = numbered.filter((object) => object.isPoint && distance(object) <= place.reach);
  const boxes = numbered.filter((object) => {
    const [left, top, right, bottom] = object.box;
    return !object.isPoint && place.x >= left && place.x <= right && place.y >= top && place.y <= bottom;
  });
  return points.sort((one, other) => distance(one) - distance(other))
    .concat(boxes.sort((one, other) => area(one) - area(other)));
}
