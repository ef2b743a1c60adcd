/* The plan grid by keyboard: a cell saves itself when it is left. Without this the table has its «Save» button. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const cellOf = (event) => event.target.closest?.("[data-plan]");

  const beside = (input, step) => {
    const cell = input.closest("td"), place = cell.cellIndex;
    let row = cell.parentElement;
    while ((row = step > 0 ? row.nextElementSibling : row.previousElementSibling)) {
      const next = row.cells[place]?.querySelector("[data-plan]");
      if (next) return next;
    }
    return null;
  };

  document.addEventListener("keydown", (event) => {
    const input = cellOf(event);
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code === "Escape") { input.value = input.defaultValue; input.select(); return; }
    const step = { Enter: event.shiftKey ? -1 : 1, NumpadEnter: 1, ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (!step) return;
    event.preventDefault();
    const next = beside(input, step);
    if (next) next.focus(); else input.blur();
  });
  document.addEventListener("focusin", (event) => { cellOf(event)?.select(); });
  // A single Enter never sends the whole table: its cells have been saved one by one.
  document.addEventListener("submit", (event) => {
    if (event.target.id === "grid" && !event.submitter) event.preventDefault();
  });
})();
