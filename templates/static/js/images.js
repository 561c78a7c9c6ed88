// An image of another host that fails gives its place to the drawn cover.
"use strict";

function drawn(image) {
  if (!image.dataset.cover) return;
  image.src = image.dataset.cover;
  delete image.dataset.cover;
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) drawn(event.target);
}, true);

for (const image of document.querySelectorAll("img[data-cover]")) {
  if (image.complete && !image.naturalWidth) drawn(image);
}
