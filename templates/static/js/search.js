// Suggestions below the search box: it stays one, with a list that htmx fills and the arrow keys walk through. Without this script Enter searches.
"use strict";

{
  const input = document.getElementById("q");
  const box = document.getElementById("suggestions");

  const options = () => [...box.querySelectorAll("[role=option]")];
  const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

  const show = (open) => {
    box.hidden = !open;
    if (!open) choose(-1);
  };

  const choose = (index) => {
    for (const [at, option] of options().entries()) option.setAttribute("aria-selected", String(at === index));
    const option = options()[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const step = (by) => {
    const n = options().length;
    if (box.hidden) show(true);
    // one place more than there are options: back in the box itself
    choose(((chosen() + 1 + by + n + 1) % (n + 1)) - 1);
  };

  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => options()[chosen()].click(),
    Escape: () => show(false),
  };

  const follow = (event) => {
    const open = !box.hidden && options().length > 0;
    if (event.isComposing || !(event.key in keys)) return;
    if (event.key === "Enter" ? !open || chosen() < 0 : event.key === "Escape" ? !open : !options().length) return;
    event.preventDefault();
    keys[event.key]();
  };

  if (input && box) {
    for (const [name, value] of [
      ["aria-autocomplete", "list"],
      ["aria-controls", "suggestions"],
      ["aria-haspopup", "listbox"],
    ]) input.setAttribute(name, value);

    input.addEventListener("keydown", follow);
    input.addEventListener("focus", () => options().length && input.value.trim() && show(true));
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.target !== box) return;
      const typing = document.activeElement === input && input.value.trim();
      show(Boolean(typing && options().length));
    });
    document.addEventListener("focusin", (event) => {
      if (!input.form.contains(event.target)) show(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!input.form.contains(event.target)) show(false);
    });
  }
}
