// Tilladte samtaletyper: the slider goes to the version it stands on.

document.documentElement.classList.add("scripted");

const range = document.querySelector("input.range");
if (range) {
  const days = range.dataset.days.split(" ");
  range.addEventListener("change", () => {
    location.search = `?dag=${days[Number(range.value)]}`;
  });
  const say = () => range.setAttribute("aria-valuetext", days[Number(range.value)]);
  range.addEventListener("input", say);
  say();
}
