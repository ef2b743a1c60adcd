/* Shared behaviour of every page. Everything works without it; it only makes things faster. */
(() => {
  "use strict";
  const root = document.documentElement;
  const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]");
  const dialogOpen = () => document.querySelector("dialog[open]");

  // Keys are physical (event.code), so they work on Cyrillic layouts; never inside inputs.
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
      const find = document.querySelector("[data-find]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    if (event.code === "Slash" && event.shiftKey || event.key === "?") {
      const help = document.getElementById("keys");
      if (help && !help.open) { event.preventDefault(); help.showModal(); }
      return;
    }
    if (dialogOpen() || event.repeat) return;
    const target = document.querySelector(`[data-key="${event.code}"]:not([disabled])`);
    if (!target || event.shiftKey) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus(); else target.click();
  });

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-menu-toggle]")) document.querySelector(".rail")?.classList.toggle("open");
    else if (!on(".rail")) document.querySelector(".rail.open")?.classList.remove("open");
    const theme = on("[data-theme-toggle]");
    if (theme) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      document.dispatchEvent(new CustomEvent("themechange"));
    }
    const close = on("[data-dialog-close]");
    if (close) close.closest("dialog").close();
    const opener = on("[data-dialog]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog)?.showModal(); }
    if (on("[data-print]")) window.print();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // Select-all of bulk tables and the count beside the actions.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) for (const box of document.querySelectorAll(`[name="${all.dataset.checkAll}"]`)) box.checked = all.checked;
    for (const place of document.querySelectorAll("[data-checked-count]")) {
      place.textContent = document.querySelectorAll(`[name="${place.dataset.checkedCount}"]:checked`).length;
    }
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  // A message leaves by itself after ten seconds (the time an undo lives).
  const settle = (toast) => setTimeout(() => toast.remove(), Number(toast.dataset.toast || 10) * 1000);
  const arm = (scope) => { for (const toast of scope.querySelectorAll("[data-toast]:not([data-armed])")) { toast.dataset.armed = ""; settle(toast); } };
  arm(document);
  document.addEventListener("htmx:afterSettle", () => arm(document));
  // 422 answers carry the form with its errors: swap them in place. Any other failure is said aloud.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  const complain = () => {
    const place = document.getElementById("toasts"), text = document.body.dataset.failed;
    if (!place || !text || place.querySelector(".failed")) return;
    const toast = document.createElement("div");
    toast.className = "toast failed"; toast.setAttribute("role", "alert"); toast.textContent = text; toast.dataset.toast = "10";
    place.append(toast); arm(document);
  };
  document.addEventListener("htmx:responseError", complain);
  document.addEventListener("htmx:sendError", complain);
})();
