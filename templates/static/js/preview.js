// The dial shows what it would change; Enter or Keep keeps it, Escape or Back puts it back.
"use strict";

{
  const wishOf = (input) => document.querySelector(`.wish[data-dial="${input.id}"]`);

  const putBack = (input) => {
    input.value = input.dataset.saved;
    turnDial(input);
    wishOf(input).replaceChildren();
    input.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const back = event.target.closest(".wish .back");
    if (!back || back.closest(".dial-page")) return;
    event.preventDefault();
    putBack(document.getElementById(back.closest(".wish").dataset.dial));
  });

  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest?.(".wish");
    const input = inside ? document.getElementById(inside.dataset.dial) : event.target;
    if (!input?.matches?.(".dial input[type=range]")) return;
    const keep = wishOf(input).querySelector(".keep");
    if (event.key === "Escape" && input.value !== input.dataset.saved) putBack(input);
    if (event.key === "Enter" && !inside) {
      event.preventDefault();
      if (keep) keep.click();
    }
  });

  // Kept: the dial stands where it stands, and the lists fetch themselves.
  document.body.addEventListener("turned", () => {
    for (const wish of document.querySelectorAll(".wish:has(.keep)")) {
      const input = document.getElementById(wish.dataset.dial);
      input.dataset.saved = wish.querySelector(".keep").value;
      wish.replaceChildren();
      input.focus({ preventScroll: true });
    }
  });
}
