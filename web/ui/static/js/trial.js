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

// somebody may be faster than the scripts: what was changed meanwhile is answered once they are here
document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
  const form = document.querySelector("form.trial");
  const changed = [...form.elements].some((each) => each.closest(".keep") === null && (
    each.options ? [...each.options].some((one) => one.selected !== one.defaultSelected && one.selected) : each.value !== each.defaultValue && each.type !== "submit"));
  if (changed) form.dispatchEvent(new Event("change"));
}));
