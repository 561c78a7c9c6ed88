// Rows come as one reads: the next visit may send the first row alone.
"use strict";

document.cookie = "rows=live; path=/; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");

// Rows that came after an act or another choice may stand where none was seen yet: look which are in sight.
document.addEventListener("htmx:afterSettle", () => window.dispatchEvent(new Event("scroll")));

// What was left open need not stand in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches(".home-facets")) return;
  for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
});
