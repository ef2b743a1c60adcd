/* Before the first paint: the theme the person chose (kept in this browser). */
(() => {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  if (new URLSearchParams(location.search).get("view") === "projector") document.documentElement.dataset.projector = "";
})();
