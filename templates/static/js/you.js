// The preview opens in place, is read next, and closes without a trace: Back, or Escape.
"use strict";

{
  let opener = null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id !== "preview") return;
    opener = event.detail.requestConfig?.triggeringEvent?.submitter || document.activeElement;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "preview") return;
    const panel = document.getElementById("preview-panel");
    if (!panel) return;
    panel.scrollIntoView({ block: "nearest" });
    panel.focus({ preventScroll: true });
  });

  function closePreview() {
    const place = document.getElementById("preview");
    if (!place || !place.firstElementChild || !opener || !opener.isConnected) return false;
    place.replaceChildren();
    opener.focus();
    return true;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-preview]") && closePreview()) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePreview();
  });
}
