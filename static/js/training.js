/* Quizzes and sheets of assessment by keyboard. Without it: numbered lists, radio buttons, one press to save. */
(() => {
  "use strict";
  document.documentElement.classList.add("js-training");

  // Lines to put in order: the numbers follow the place; what was numbered stands where it was put.
  const renumber = (list) => {
    [...list.children].forEach((line, place) => { line.querySelector("select").value = String(place + 1); });
  };
  const move = (line, by) => {
    const list = line.parentElement, other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (by < 0) list.insertBefore(line, other); else list.insertBefore(other, line);
    renumber(list);
    list.closest("form").dispatchEvent(new CustomEvent("kept"));
  };
  for (const list of document.querySelectorAll("[data-order]")) {
    const lines = [...list.children], place = (line) => Number(line.querySelector("select").value) || 99;
    lines.sort((one, two) => place(one) - place(two)).forEach((line) => list.append(line));
    renumber(list);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    move(button.closest("li"), Number(button.dataset.move));
    button.focus();
  });
  document.addEventListener("keydown", (event) => {
    const line = event.target.closest?.("[data-order] > li");
    if (!line || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.code)) return;
    event.preventDefault();
    const focused = document.activeElement;
    move(line, event.code === "ArrowUp" ? -1 : 1);
    focused.focus();
  });

  // What is typed is kept a moment after the last letter, not only when the field is left.
  const quiz = document.querySelector("[data-quiz]");
  let soon = 0;
  quiz?.addEventListener("input", (event) => {
    if (!event.target.matches(".words")) return;
    clearTimeout(soon);
    soon = setTimeout(() => quiz.dispatchEvent(new CustomEvent("kept")), 700);
  });
  document.querySelector("[data-missing]")?.scrollIntoView({ block: "center" });

  // A sheet: 0, 1, 2 mark the item and go on; arrows walk; the score is counted as one goes.
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const items = [...sheet.querySelectorAll("[data-item]")];
  let here = Math.max(items.findIndex((item) => !item.querySelector(":checked")), 0);
  const show = (focus) => {
    items.forEach((item, place) => item.classList.toggle("here", place === here));
    if (!focus) return;
    const item = items[here];
    (item.querySelector(":checked") || item.querySelector("input")).focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };
  const count = () => {
    const marks = items.map((item) => item.querySelector(":checked")).filter(Boolean).map((one) => Number(one.value));
    sheet.querySelector("[data-marked]").textContent = marks.length;
    const share = marks.reduce((sum, mark) => sum + mark, 0) / (2 * items.length);
    sheet.querySelector("[data-score]").textContent = marks.length ? `${Math.round(share * 100)}\u00a0%` : "—";
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const field = event.target.closest("input, textarea, select");
    if (field && field.type !== "radio") return;
    const digit = /^(?:Digit|Numpad)([012])$/.exec(event.code);
    if (digit && !event.shiftKey) {
      event.preventDefault();
      if (event.repeat) return;
      items[here].querySelector(`input[type="radio"][value="${digit[1]}"]`).checked = true;
      here = Math.min(here + 1, items.length - 1);
      count(); show(true);
    } else if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      here = Math.min(Math.max(here + (event.code === "ArrowDown" ? 1 : -1), 0), items.length - 1);
      show(true);
    }
  });
  sheet.addEventListener("change", count);
  sheet.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-item]");
    if (item) { here = items.indexOf(item); show(false); }
  });
  count(); show(false);
})();
