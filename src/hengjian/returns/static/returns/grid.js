// The grid as a spreadsheet: keys move, a block can be pasted, changes are saved by themselves and can be undone.
// Without this script the page is a plain form.
"use strict";
(() => {
  const form = document.getElementById("grid-form");
  const table = document.getElementById("grid");
  if (!form || !table) return;
  const said = document.getElementById("grid-said");
  const versions = JSON.parse(form.elements.versions.value || "{}");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const places = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
  const inputs = new Map();
  const stored = new Map();
  const where = new Map();
  places.forEach((row, y) => row.forEach((input, x) => {
    if (!input) return;
    const key = input.name.slice(2);
    inputs.set(key, input); stored.set(key, input.value); where.set(input, [y, x]);
  }));
  const pending = new Set();
  const undone = [];
  let timer = 0, busy = false;

  const cellOf = (key) => table.querySelector(`[data-cell="${key}"]`);
  const mark = (key, name, on) => { const cell = cellOf(key); if (cell) cell.classList.toggle(name, on); };

  function changed(input, before) {
    const key = input.name.slice(2);
    if (before !== undefined && before !== input.value) undone.push([[key, before]]);
    pending.add(key); mark(key, "is-unsaved", true);
    clearTimeout(timer); timer = setTimeout(save, 700);
  }

  async function save() {
    clearTimeout(timer);
    if (busy || !pending.size) return;
    const keys = [...pending];
    pending.clear(); busy = true;
    const cells = keys.map((key) => { const [row, column] = key.split("."); return [row, column, inputs.get(key).value, versions[key] || 0]; });
    const sent = new Map(cells.map((cell, at) => [keys[at], cell[2]]));
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST", credentials: "same-origin",
        headers: { "content-type": "application/json", "x-csrftoken": token }, body: JSON.stringify({ cells }),
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.problem ? `${told.problem} ${told.next || ""}` : "");
      show(told, sent);
    } catch (error) {
      keys.forEach((key) => pending.add(key));
      said.textContent = error.message && !(error instanceof SyntaxError || error instanceof TypeError) ? error.message : form.dataset.failed;
    }
    busy = false;
    if (pending.size && !timer) timer = setTimeout(save, 700);
  }

  function show(told, sent) {
    for (const [key, version] of Object.entries(told.versions)) { versions[key] = version; stored.set(key, sent.get(key)); }
    form.elements.versions.value = JSON.stringify(versions);
    for (const key of sent.keys()) {
      if (!pending.has(key)) mark(key, "is-unsaved", false);
      mark(key, "is-refused", key in told.refused);
      const input = inputs.get(key);
      input.className = "";
      cellOf(key).title = told.refused[key] || told.hints[key] || "";
      mark(key, "has-hint", key in told.hints);
    }
    for (const [key, text] of Object.entries(told.computed)) { const cell = cellOf(key); if (cell) { cell.querySelector("output").textContent = text; cell.title = told.hints[key] || ""; } }
    table.querySelectorAll(".is-red, .is-amber, .is-blue").forEach((cell) => cell.classList.remove("is-red", "is-amber", "is-blue"));
    for (const [key, color] of Object.entries(told.wrong)) mark(key, `is-${color}`, true);
    for (const one of told.conflicts) {
      versions[one.cell] = one.version; const input = inputs.get(one.cell);
      input.value = one.theirs; stored.set(one.cell, one.theirs); mark(one.cell, "is-refused", true); cellOf(one.cell).title = one.text;
    }
    form.elements.versions.value = JSON.stringify(versions);
    const refused = Object.values(told.refused)[0];
    said.textContent = told.conflicts.length ? told.conflicts[0].text : refused || told.said;
    const checks = document.getElementById("checks");
    if (checks && !checks.contains(document.activeElement)) checks.replaceChildren(document.createRange().createContextualFragment(told.checks));
  }

  function move(input, dy, dx) {
    let [y, x] = where.get(input);
    for (;;) {
      y += dy; x += dx;
      if (dx && (x < 0 || x >= places[y].length)) { y += dx; if (y < 0 || y >= places.length) return; x = dx > 0 ? 0 : places[y].length - 1; }
      if (y < 0 || y >= places.length) return;
      if (places[y][x]) { places[y][x].focus(); places[y][x].select(); return; }
    }
  }

  let before = "";
  table.addEventListener("focusin", (event) => {
    const input = event.target; if (!where.has(input)) return;
    before = input.value;
    const about = document.getElementById("cell-about"), pick = document.getElementById("comment-cell");
    if (about) about.textContent = [input.dataset.label, input.dataset.last && `↤ ${input.dataset.last}`, input.dataset.source, cellOf(input.name.slice(2)).title].filter(Boolean).join(" · ");
    if (pick) { pick.value = input.name.slice(2); document.getElementById("comment-text").value = input.dataset.comment; }
  });
  table.addEventListener("change", (event) => { if (where.has(event.target)) { changed(event.target, before); before = event.target.value; } });
  table.addEventListener("keydown", (event) => {
    const input = event.target; if (!where.has(input)) return;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0] };
    if (all || input.selectionEnd === 0) steps.ArrowLeft = [0, -1];
    if (all || input.selectionStart === input.value.length) steps.ArrowRight = [0, 1];
    if (steps[event.key] && !event.isComposing) { event.preventDefault(); move(input, ...steps[event.key]); return; }
    if (event.key === "Escape") { input.value = before; input.select(); }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && input.value === before && undone.length) { event.preventDefault(); undo(); }
  });
  function undo() {
    for (const [key, value] of undone.pop()) { inputs.get(key).value = value; pending.add(key); mark(key, "is-unsaved", true); }
    save();
  }
  table.addEventListener("paste", (event) => {
    const input = event.target; if (!where.has(input)) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [top, left] = where.get(input), step = [];
    text.split("\n").forEach((line, dy) => line.split("\t").forEach((value, dx) => {
      const target = places[top + dy] && places[top + dy][left + dx];
      if (!target || target.value === value.trim()) return;
      const key = target.name.slice(2);
      step.push([key, target.value]); target.value = value.trim(); pending.add(key); mark(key, "is-unsaved", true);
    }));
    if (step.length) undone.push(step);
    before = input.value; save();
  });
  window.addEventListener("beforeunload", (event) => { if (pending.size || busy) event.preventDefault(); });
  form.addEventListener("submit", () => { pending.clear(); busy = false; });
})();
