// The little that pages cannot do alone: the dial follows the hand, focus survives a swap, the switch closes.
"use strict";

const dots = /(-?[\d.]+) (-?[\d.]+)/g;

/** The height of a drawn curve at x, between the points of its path. */
function heightAt(path, x) {
  const points = [...path.getAttribute("d").matchAll(dots)].map((found) => [+found[1], +found[2]]);
  const after = points.findIndex((point) => point[0] >= x);
  if (after <= 0) return points.at(after < 0 ? -1 : 0)[1];
  const [[x0, y0], [x1, y1]] = [points[after - 1], points[after]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

function turnDial(input) {
  const form = input.closest(".dial");
  const svg = form.querySelector("svg");
  const place = (input.value - input.min) / (input.max - input.min || 1);
  const x = 2 + place * (svg.viewBox.baseVal.width - 4);
  const words = input.dataset.words.split("|");
  const said = words[Math.round(place * (words.length - 1))];
  svg.querySelector(".from").setAttribute("x", x);
  svg.querySelector(".dot").setAttribute("cx", x);
  svg.querySelector(".dot").setAttribute("cy", heightAt(svg.querySelector(".curve"), x));
  form.querySelector("output").textContent = said;
  input.setAttribute("aria-valuetext", said);
}

document.addEventListener("input", (event) => {
  if (event.target.matches(".dial input[type=range]")) turnDial(event.target);
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.switch[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.switch[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
  document.getElementById("toast").replaceChildren();
});

// A swap takes the pressed button away with its card. Keep the place: the same card, else the one that moved there.
let place = null;
const scrolled = new Map();

function placeOf(card, kind) {
  const list = card.closest("section, #found");
  return { list: list && list.id, item: card.dataset.item, index: [...card.parentNode.children].indexOf(card), kind };
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("form.card-acts");
  if (!form || event.target !== form) return;
  const kind = event.detail.requestConfig?.triggeringEvent?.submitter?.value || document.activeElement.value;
  place = placeOf(form.closest(".card"), kind);
});

document.addEventListener("htmx:beforeSwap", () => {
  for (const list of document.querySelectorAll(".cards.side[id]")) scrolled.set(list.id, list.scrollLeft);
});

document.addEventListener("htmx:afterSettle", () => {
  for (const [id, left] of scrolled) {
    const list = document.getElementById(id);
    if (list) list.scrollLeft = left;
  }
  if (!place || document.activeElement !== document.body) return;
  const list = document.getElementById(place.list) || document.querySelector("#shelves, #found");
  const cards = list ? [...list.querySelectorAll(".card")] : [];
  const same = cards.find((card) => card.dataset.item === place.item);
  const next = same || cards[Math.min(place.index, cards.length - 1)];
  const target = same
    ? same.querySelector(`.card-acts [value="${place.kind}"]`)
    : next && next.querySelector("h3 a");
  if (target) target.focus({ preventScroll: true });
  else document.getElementById("main").focus({ preventScroll: true });
  place = null;
});

// A page that comes back from the browser's memory shows lists of before the last act.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.htmx.trigger(document.body, "acted");
});

// The panel that opens in place is read next.
document.addEventListener("htmx:afterSwap", (event) => {
  const panel = event.target.id === "why" && document.getElementById("why-panel");
  if (panel) panel.focus({ preventScroll: true });
});
