// Comfort only: every page works without this file.
// Loaded deferred under a strict policy: no inline handlers, no eval, requests to this host only.
(function () {
  "use strict";
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const follow = (selector) => { const link = document.querySelector(selector); if (link) { link.click(); } };
  let afterG = 0;

  // Keyboard: "/" search, "g w" workbench, "g t" task ledger, "n"/"p" pages, "?" help. Described on the help page.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (location.hash && document.querySelector(".dialog:target")) { location.hash = "#main"; }
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    const sequence = Date.now() - afterG < 1200;
    afterG = event.key === "g" ? Date.now() : 0;
    if (event.key === "/") { const box = document.getElementById("q"); if (box) { event.preventDefault(); box.focus(); } }
    else if (event.key === "?") { follow("[data-key=help]"); }
    else if (sequence) { follow(`[data-key="g ${event.key}"]`); }
    else if (event.key === "n") { follow(".pager [rel=next]"); }
    else if (event.key === "p") { follow(".pager [rel=prev]"); }
  });

  // A menu closes when one clicks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) { menu.open = false; } });
  });

  // "Select all on this page", the number of selected rows, and filters that apply at once.
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest("form");
    if (box.matches("[data-select-all]")) {
      form.querySelectorAll('input[name="selected"]').forEach((other) => { other.checked = box.checked; });
    }
    if (form && box.matches("[data-select-all], input[name=selected]")) {
      const chosen = form.querySelectorAll('input[name="selected"]:checked');
      form.querySelectorAll("tr").forEach((row) => {
        const own = row.querySelector('input[name="selected"]');
        if (own) { row.classList.toggle("is-selected", own.checked); }
      });
      form.querySelectorAll("[data-selected-count]").forEach((place) => { place.textContent = String(chosen.length); });
      // The bar of actions follows the eye only while something is selected; otherwise it would cover rows.
      form.querySelectorAll(".bulk").forEach((bar) => { bar.classList.toggle("bulk--active", chosen.length > 0); });
    }
  });

  // A dialog opened through its address takes the focus, keeps it while it is open, and gives it back.
  const focusable = 'a[href], button:not(:disabled), input:not([type="hidden"], :disabled), select, textarea, summary';
  const openDialog = () => document.querySelector(".dialog:target");
  let opener = null;
  document.addEventListener("click", (event) => { const link = event.target.closest('a[href^="#"]'); if (link && !link.closest(".dialog")) { opener = link; } });
  window.addEventListener("hashchange", () => {
    const dialog = openDialog();
    if (dialog) { const first = dialog.querySelector(focusable); if (first) { first.focus(); } }
    else if (opener) { opener.focus(); opener = null; }
  });
  document.addEventListener("keydown", (event) => {
    const dialog = event.key === "Tab" && openDialog();
    if (!dialog) { return; }
    const stops = [...dialog.querySelectorAll(focusable)];
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === edge || !dialog.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    }
  });

  // What replaces a part of the page takes over the focus: the control of the same name, else the one in its place.
  const nameOf = (element) => [element.tagName, element.name, element.textContent.trim()].join(" ");
  let left = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    const active = document.activeElement;
    left = part && part !== active && part.contains(active) && !active.id
      ? { name: nameOf(active), place: [...part.querySelectorAll(focusable)].indexOf(active) } : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!left || document.activeElement !== document.body) { return; }
    const stops = [...event.target.querySelectorAll(focusable)];
    const next = stops.find((element) => nameOf(element) === left.name) || stops[left.place];
    left = null;
    if (next) { next.focus({ preventScroll: true }); }
  });
})();
