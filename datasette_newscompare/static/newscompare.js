// Comfort only: every page works without this file.
(() => {
  "use strict";

  const stops = [...document.querySelectorAll("[data-nc-stop]")];
  let at = -1;

  function show(index) {
    if (index < 0 || index >= stops.length) return;
    at = index;
    stops[at].scrollIntoView({ block: "center" });
    stops[at].focus({ preventScroll: true });
  }

  // n and p go to the next and the previous difference, from where the reader is.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !stops.length) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key !== "n" && event.key !== "p") return;
    const focused = stops.findIndex((stop) => stop.contains(document.activeElement));
    if (focused >= 0) at = focused;
    show(event.key === "n" ? at + 1 : at - 1);
    event.preventDefault();
  });
  for (const keys of document.querySelectorAll(".nc-keys")) keys.hidden = !stops.length;

  // A sentence that an address names opens to what others say of it.
  function openTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details.nc-sentence")) target.open = true;
  }
  addEventListener("hashchange", openTarget);
  openTarget();

  // A row under the pointer or the focus lights its line in the strip.
  const lines = new Map();
  for (const link of document.querySelectorAll(".nc-strip a")) {
    lines.set(link.getAttribute("href").slice(1), link.firstElementChild);
  }
  for (const row of document.querySelectorAll(".nc-row-match")) {
    const line = lines.get(row.id);
    if (!line) continue;
    const light = (on) => () => line.classList.toggle("nc-on", on);
    row.addEventListener("pointerenter", light(true));
    row.addEventListener("pointerleave", light(false));
    row.addEventListener("focusin", light(true));
    row.addEventListener("focusout", light(false));
  }
})();
