"use strict";
// The page says everything without this. It copies, unfolds, and brings what stands elsewhere on
// the page to where the reader opens it. Nothing is ever parsed as HTML here: nodes are cloned.

for (const button of document.querySelectorAll("button[hidden]")) button.hidden = false;

document.addEventListener("click", async ({ target }) => {
  if (target.matches("button.copy")) {
    const source = document.getElementById(target.dataset.copy);
    const ok = await copied(source);
    target.textContent = ok ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { target.textContent = "Copy"; }, 2000);
  } else if (target.matches("button.unfold")) {
    const open = target.getAttribute("aria-pressed") !== "true";
    const inside = document.getElementById(target.dataset.in);
    for (const one of inside.querySelectorAll("details.payload")) one.open = open;
    target.setAttribute("aria-pressed", String(open));
    target.textContent = open ? "Fold all payloads" : "Unfold all payloads";
  }
});

// Puts the text of an element on the clipboard, or at least selects it.
async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

// Opening a fold that stands for parts of earlier bodies: their copies are put into it.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches?.("details.again:not(.filled)")) {
    target.classList.add("filled");
    const inside = target.lastElementChild;
    for (const number of numbers(target.dataset.parts)) {
      const part = document.getElementById(`m${number}`).cloneNode(true);
      part.removeAttribute("id");
      inside.append(part);
    }
  }
}, true);

function* numbers(ranges) {
  for (const range of ranges.split(" ")) {
    const [first, last = first] = range.split("-").map(Number);
    for (let number = first; number <= last; number++) yield number;
  }
}

// A link to what is folded away opens it.
function reveal() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
