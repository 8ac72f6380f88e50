// Searches STATEMENTS (file, day, speaker, role, outlet, text) for rows with all words. Values become text, never HTML.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const texts = STATEMENTS.map((row) => plain(row.slice(2).join(" ")));
const words = plain(new URLSearchParams(location.search).get("q") || "").split(/\s+/).filter(Boolean);
const list = document.getElementById("found");
const append = (tag, text, parent, kind) => {
  const made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
document.querySelectorAll("input[name=q]").forEach((input) => { input.value = new URLSearchParams(location.search).get("q") || ""; });
if (words.length) {
  const hits = STATEMENTS.filter((row, at) => words.every((word) => texts[at].includes(word)));
  document.getElementById("count").textContent =
    `${hits.length} ${hits.length === 1 ? "statement" : "statements"}${hits.length > 100 ? ", the newest 100 of them" : ""}`;
  for (const [file, day, speaker, role, outlet, text] of hits.slice(0, 100)) {
    const hit = append("article", "", list, "hit");
    const by = append("p", "", hit, "by");
    append("b", speaker || "No speaker", by);
    if (role) append("span", ` ${role}`, by, "role");
    append("blockquote", text, hit);
    const from = append("p", "", hit, "from");
    append("span", `${day || "no day"} ${outlet} `, from);
    append("a", "in the article", from).href = file;
  }
}
