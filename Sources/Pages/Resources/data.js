// ---- Data

const settings = JSON.parse(document.getElementById("viewer-settings").textContent);
const readImages = new Map();

function imageAt(index) {
  if (!readImages.has(index)) {
    const image = JSON.parse(document.getElementById("viewer-image-" + index).textContent);
    image.bitmap = new Image();
    image.bitmap.addEventListener("load", scheduleDrawing);
    image.bitmap.src = image.source;
    readImages.set(index, image);
  }
  return readImages.get(index);
}
