// Prøv en samtale: copying the case, and going to what is at fault.

document.documentElement.classList.add("scripted");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copies]");
  if (!button) return;
  const area = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(area.value);
  } catch {
    area.select();
    document.execCommand("copy");
  }
  button.textContent = button.dataset.done;
});

// what is written about a case changes no answer
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest(".keep")) event.stopPropagation();
  }, true);
}

// an answer to other fields than those that stand there now must not stay when no new one comes
for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, (event) => {
    const verdict = document.getElementById("verdict");
    if (verdict === null || event.detail.target !== verdict) return;
    verdict.replaceChildren(document.getElementById("unanswered").content.cloneNode(true));
  });
}

// somebody may be faster than the scripts: what was changed meanwhile is answered once they are here
document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
  const form = document.querySelector("form.trial");
  const changed = [...form.elements].some((each) => each.closest(".keep") === null && (
    each.options ? [...each.options].some((one) => one.selected !== one.defaultSelected && one.selected) : each.value !== each.defaultValue && each.type !== "submit"));
  if (changed) form.dispatchEvent(new Event("change"));
}));
