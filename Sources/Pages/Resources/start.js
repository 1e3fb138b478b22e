// ---- Start

showImage(0);
