// A card's line opens in place: the parts of the score, beside the card. Without this script it is a link.
"use strict";

{
  const GAP = 8;

  /** Below the line, above it where there is no room, never off the sides; on a phone the style sheet says where. */
  const placeAt = (panel, link) => {
    const line = link.getBoundingClientRect();
    const left = Math.min(Math.max(line.left, GAP), document.documentElement.clientWidth - panel.offsetWidth - GAP);
    const below = line.bottom + GAP;
    const fits = below + panel.offsetHeight < window.innerHeight;
    const top = fits ? below : Math.max(GAP, line.top - GAP - panel.offsetHeight);
    panel.style.left = `${left + window.scrollX}px`;
    panel.style.top = `${top + window.scrollY}px`;
  };

  const open = async (link, panel) => {
    await window.htmx.ajax("GET", link.getAttribute("href"), { target: "#why-here", swap: "innerHTML" });
    if (!document.getElementById("why-panel")) return;
    panel.showPopover();
    placeAt(panel, link);
    document.getElementById("why-panel").focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".card a.reason");
    const panel = document.getElementById("why-pop");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button;
    if (!link || !panel || !panel.showPopover || elsewhere) return;
    event.preventDefault();
    open(link, panel);
  });

  // What was refused shows in the lists; the notice with its undo must not lie below the panel.
  document.addEventListener("htmx:afterRequest", (event) => {
    const panel = event.target.closest("#why-pop");
    if (panel && event.target.matches(".why-not") && event.detail.successful) panel.hidePopover();
  });

  // What is closed must not go on fetching itself.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id === "why-pop" && event.newState === "closed") {
        document.getElementById("why-here").replaceChildren();
      }
    },
    true,
  );

  // The pressed button went with the former panel: go on reading where it was.
  document.addEventListener("htmx:afterSettle", () => {
    const panel = document.getElementById("why-panel");
    if (panel && document.activeElement === document.body) panel.focus({ preventScroll: true });
  });
}
