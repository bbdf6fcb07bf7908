// Tilladte samtaletyper: the slider goes to the version it stands on.

document.documentElement.classList.add("scripted");

const range = document.querySelector("input.range");
if (range) {
  const days = range.dataset.days.split(" ");
  range.addEventListener("change", () => {
    location.search = `?dag=${days[Number(range.value)]}`;
  });
  const versions = document.querySelectorAll(".slider ol a");
  const say = () => range.setAttribute("aria-valuetext", versions[Number(range.value)].innerText);
  range.addEventListener("input", say);
  say();
}
