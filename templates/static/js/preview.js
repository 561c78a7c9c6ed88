// The dial shows what it would change; Enter or Keep keeps it, Escape or Back puts it back.
"use strict";

{
  const slotOf = (input) => document.querySelector(`.dial-slot[data-dial="${input.id}"]`);

  const putBack = (input) => {
    input.value = input.dataset.saved;
    turnDial(input);
    slotOf(input).replaceChildren();
    input.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const back = event.target.closest(".dial-slot .back");
    if (!back || back.closest(".dial-page")) return;
    event.preventDefault();
    putBack(document.getElementById(back.closest(".dial-slot").dataset.dial));
  });

  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest?.(".dial-slot");
    const input = inside ? document.getElementById(inside.dataset.dial) : event.target;
    if (!input?.matches?.(".dial input[type=range]")) return;
    const keep = slotOf(input).querySelector(".keep");
    if (event.key === "Escape" && input.value !== input.dataset.saved) putBack(input);
    if (event.key === "Enter" && !inside) {
      event.preventDefault();
      if (keep) keep.click();
    }
  });

  // Kept: the dial stands where it stands, and the lists fetch themselves.
  document.body.addEventListener("turned", () => {
    for (const slot of document.querySelectorAll(".dial-slot:has(.keep)")) {
      const input = document.getElementById(slot.dataset.dial);
      input.dataset.saved = slot.querySelector(".keep").value;
      slot.replaceChildren();
      input.focus({ preventScroll: true });
    }
  });
}
