// What is selected in the source can be marked at once. Without this script the links beside each paragraph do the same.
"use strict";
(() => {
  const link = document.getElementById("mark-selection");
  if (!link) return;
  const base = link.getAttribute("href");
  const paragraph = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-at]");
  // Characters of the source before a point in its paragraph; the numbers of measures stand in <sup> and are none.
  const place = (node, offset) => {
    const home = paragraph(node);
    if (!home) return null;
    const range = document.createRange();
    range.setStart(home, 0);
    range.setEnd(node, offset);
    const part = range.cloneContents();
    part.querySelectorAll("sup").forEach((number) => number.remove());
    return Number(home.dataset.at) + part.textContent.length;
  };
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    link.hidden = true;
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return;
    const range = chosen.getRangeAt(0);
    const start = place(range.startContainer, range.startOffset);
    const end = place(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    link.href = `${base}?start=${start}&end=${end}`;
    link.hidden = false;
  });
})();
