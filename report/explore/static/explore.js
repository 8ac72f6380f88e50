"use strict";
// Keyboard shortcuts, and a button that copies the SQL. Everything else works without scripts.
document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping) return;
  if (event.key === "/") {
    document.querySelector(".find input")?.focus();
    event.preventDefault();
  } else if (event.key === "j" || event.key === "k") {
    const hits = [...document.querySelectorAll("article.hit, .cards li")];
    const next = hits.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    if (hits[next]) hits[next].focus();
  }
});
for (const button of document.querySelectorAll("button.copy")) {
  const query = button.closest("details")?.querySelector("pre");
  button.hidden = !navigator.clipboard || !query;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(query.textContent);
    button.textContent = "Copied";
  });
}
