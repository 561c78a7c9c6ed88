// A card's menu: one popover for all cards, beside the button that asked for it.
"use strict";

const cardMenu = document.getElementById("card-menu");
let opener = null;

function putBeside(button) {
  const at = button.getBoundingClientRect();
  const [wide, tall] = [cardMenu.offsetWidth, cardMenu.offsetHeight];
  const below = at.bottom + 4 + tall <= window.innerHeight || at.top < tall;
  cardMenu.style.left = `${Math.max(8, Math.min(at.right - wide, window.innerWidth - wide - 8))}px`;
  cardMenu.style.top = `${below ? Math.min(at.bottom + 4, window.innerHeight - tall - 8) : at.top - tall - 4}px`;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches(".card-acts .more")) opener = event.target;
  if (!cardMenu || event.target.parentNode?.parentNode !== cardMenu) return;
  // The list that the act changes keeps its place, as if the button had been on the card.
  if (opener?.isConnected && opener.closest(".card")) place = placeOf(opener.closest(".card"), "");
  cardMenu.hidePopover();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!opener || event.target !== cardMenu) return;
  cardMenu.showPopover();
  putBeside(opener);
  opener.setAttribute("aria-expanded", "true");
  cardMenu.querySelector("button").focus();
});

// Pages of no catalogue have no cards.
cardMenu?.addEventListener("toggle", (event) => {
  if (event.newState !== "closed" || !opener) return;
  opener.setAttribute("aria-expanded", "false");
  if (document.activeElement === document.body) opener.focus({ preventScroll: true });
});

window.addEventListener("scroll", () => cardMenu?.matches(":popover-open") && putBeside(opener), { passive: true });
