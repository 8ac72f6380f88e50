"use strict";
// Fills the fields of the annotation page from selected text, and adds statements and actors. The server validates the
// form again.
const text = document.getElementById("text");
const form = document.getElementById("annotation");
const state = document.getElementById("state");
const parts = ["content", "cue", "source"];
let selected = null; // the last selection inside the text: [start, end] in UTF-16 units
let isChanged = false;

// The form's offsets count code points; the browser's count UTF-16 units.
const toPoints = (units) => Array.from(text.textContent.slice(0, units)).length;
function toUnits(points) {
  let units = 0;
  for (const letter of text.textContent) {
    if (points-- === 0) break;
    units += letter.length;
  }
  return units;
}

function unitsBefore(node, offset) {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
  let start = unitsBefore(range.startContainer, range.startOffset);
  let end = unitsBefore(range.endContainer, range.endOffset);
  const words = text.textContent.slice(start, end);
  start += words.length - words.trimStart().length;
  end -= words.length - words.trimEnd().length;
  if (start < end) selected = [start, end];
});

function spansOf(field) {
  return field.value.split(" ").filter(Boolean).map((place) => place.split("-").map(Number));
}

function take(card, part, adds) {
  if (!selected) {
    state.textContent = "First select words in the text.";
    return;
  }
  const words = card.querySelector(`[name$=".${part}"]`);
  const place = card.querySelector(`[name$=".${part}_at"]`);
  const spans = adds ? spansOf(place).filter((span) => span.length === 2) : [];
  spans.push([toPoints(selected[0]), toPoints(selected[1])]);
  spans.sort((one, other) => one[0] - other[0]);
  place.value = spans.map((span) => span.join("-")).join(" ");
  const letters = Array.from(text.textContent);
  words.value = spans.map((span) => letters.slice(...span).join("").split(/\s+/).join(" ")).join(" | ");
  words.dispatchEvent(new Event("input", { bubbles: true }));
  show(card);
}

function nodeAt(units) {
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let left = units;
  while (walk.nextNode()) {
    if (left <= walk.currentNode.length) return [walk.currentNode, left];
    left -= walk.currentNode.length;
  }
  return null;
}

// Highlights the words of a statement in the text while its form has the focus.
function show(card) {
  if (!window.Highlight || !CSS.highlights) return;
  const ranges = [];
  for (const part of parts) {
    for (const span of spansOf(card.querySelector(`[name$=".${part}_at"]`))) {
      const [start, end] = [nodeAt(toUnits(span[0])), nodeAt(toUnits(span[1]))];
      if (!start || !end) continue;
      const range = document.createRange();
      range.setStart(...start);
      range.setEnd(...end);
      ranges.push(range);
    }
  }
  CSS.highlights.set("chosen", new Highlight(...ranges));
  const pane = text.parentElement;
  if (ranges.length) {
    const [box, around] = [ranges[0].getBoundingClientRect(), pane.getBoundingClientRect()];
    if (box.top < around.top || box.bottom > around.bottom) pane.scrollTop += box.top - around.top - around.height / 3;
  }
}

function add(kind) {
  const template = document.getElementById(`new-${kind}`);
  const number = template.dataset.next++;
  const made = template.content.cloneNode(true);
  for (const node of made.querySelectorAll("[name], [id], [aria-label]")) {
    for (const name of ["name", "id", "aria-label"]) {
      if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace("NEW", number));
    }
  }
  const count = made.querySelector(".no");
  if (count) count.textContent = number;
  const card = made.querySelector("fieldset");
  ready(card);
  document.getElementById(`${kind}s`).append(made);
  return card;
}

function ready(card) {
  for (const button of card.querySelectorAll(".take")) {
    button.hidden = false;
    button.addEventListener("click", () => take(card, button.dataset.part, "adds" in button.dataset));
  }
  if (card.querySelector('[name$=".verdict"]')) card.addEventListener("focusin", () => show(card));
}

// A statement that somebody edits counts as checked.
form.addEventListener("input", (event) => {
  isChanged = true;
  state.textContent = "Not saved yet.";
  const card = event.target.closest("fieldset");
  const open = card && card.querySelector('[value="open"]');
  if (open && open.checked && event.target.type !== "radio") card.querySelector('[value="right"]').checked = true;
});
form.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });

for (const card of document.querySelectorAll("fieldset")) ready(card);
for (const button of document.querySelectorAll("#add-statement, #add-actor, #confirm")) button.hidden = false;
document.getElementById("add-statement").addEventListener("click", () => {
  if (!selected) {
    state.textContent = "First select in the text what was said.";
    return;
  }
  const card = add("statement");
  take(card, "content", false);
  card.querySelector('[name$=".speakers"]').focus();
});
document.getElementById("add-actor").addEventListener("click", () => add("actor").querySelector("input[name$='.name']").focus());
document.getElementById("confirm").addEventListener("click", () => {
  const open = form.querySelectorAll('[value="open"]:checked');
  for (const radio of open) radio.closest("fieldset").querySelector('[value="right"]').checked = true;
  isChanged = isChanged || open.length > 0;
  state.textContent = `${open.length} confirmed. Not saved yet.`;
});
