/* Call mode by keyboard. Without it every button, link and field still works.

   Keys are physical (event.code), so the layout does not matter. While a call is on its way to the server, what is
   pressed and typed is kept and given to the next screen: nothing is lost at any speed. */
(() => {
  "use strict";
  const TEXT = "textarea, select, input:not([type=radio], [type=checkbox], [type=hidden])";
  const DRAFT = ["note", "agreement", "next_step", "next_on", "next_at"];
  const facts = () => [...form().elements].filter((field) => field.name?.startsWith("fact-"));
  const screen = () => document.getElementById("call");
  const form = () => document.getElementById("call-form");
  const active = () => document.activeElement || document.body;
  const codeOf = (event) => event.code.replace(/^Numpad(?=\d$)/, "Digit").replace("NumpadEnter", "Enter");
  const openMenu = () => screen()?.querySelector("details.menu[open]");
  let pending = null; // the request that will bring the next screen
  let kept = []; // what was pressed meanwhile
  let byKey = false;

  const use = (element) => {
    if (element.matches(TEXT)) { element.focus(); return; }
    const radio = element.matches("label") && element.querySelector("input[type=radio]");
    if (radio && radio.checked) { radio.checked = false; return; } // the same key takes the date back
    element.closest("details:not(.menu)")?.setAttribute("open", "");
    element.click();
  };

  // One key, pressed now or kept; true when it was a command.
  const run = (press) => {
    const code = codeOf(press), here = active(), menu = openMenu();
    if (here.matches(TEXT) && here.closest("#call")) {
      if (code === "Escape") { here.blur(); return true; }
      if (code === "Enter" && press.ctrl) { screen().querySelector("[data-talked]")?.click(); return true; }
      if (code !== "Enter" || here.matches("textarea")) return false;
      if (here.closest("#call-back")) here.closest("#call-back").querySelector("[data-call-back]").click(); else here.blur();
      return true;
    }
    if (here.matches(TEXT) || press.ctrl || press.shift) return false;
    if (menu) {
      const item = menu.querySelector(`[data-menu-key="${code}"]`);
      if (item) { use(item); return true; }
      if (code === "Enter" && !here.matches("button, summary, a")) { menu.querySelector("[data-call-back]")?.click(); return true; }
      if (code === "Escape") { menu.open = false; return true; }
      if (code.startsWith("Digit")) return true;
      if (code.startsWith("Key")) menu.open = false;
    }
    if (code === "Enter") {
      const enter = !here.matches("a, button, summary, input") && document.querySelector("[data-enter]");
      if (enter) enter.click();
      return Boolean(enter);
    }
    const target = document.querySelector(`[data-key="${code}"]:not([disabled])`);
    if (!target) return false;
    if (!press.repeat) use(target);
    return true;
  };

  const insert = (text) => {
    const here = active();
    if (!here.matches("textarea, input:not([type=date], [type=time])")) return;
    here.setRangeText(text, here.selectionStart, here.selectionEnd, "end");
    here.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const replay = () => {
    while (kept.length && !pending) {
      const press = kept.shift();
      if (press.text) insert(press.text);
      else if (!run(press) && !press.ctrl) {
        if (press.key.length === 1) insert(press.key);
        else if (press.key === "Enter" && active().matches("textarea")) insert("\n");
        else if (press.key === "Backspace" && active().matches("textarea")) {
          const here = active();
          here.setRangeText("", Math.max(here.selectionStart - (here.selectionStart === here.selectionEnd ? 1 : 0), 0), here.selectionEnd, "end");
        }
      }
    }
  };

  document.addEventListener("keydown", (event) => {
    byKey = true;
    if (event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey && codeOf(event) !== "Enter") return;
    if (!screen() && codeOf(event) !== "Enter") return;
    const press = { code: event.code, key: event.key, ctrl: event.ctrlKey, shift: event.shiftKey, repeat: event.repeat };
    if (pending) {
      if (event.key.length > 1 && !["Enter", "Escape", "Backspace"].includes(event.key)) return;
      if (!event.repeat) kept.push(press);
    } else if (!run(press)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("pointerdown", () => { byKey = false; }, true);
  document.addEventListener("beforeinput", (event) => {
    if (!pending || !event.data) return;
    kept.push({ text: event.data });
    event.preventDefault();
  }, true);

  // Text that comes without keys (input methods) needs a field to come to while the next screen is on its way.
  const catcher = document.createElement("textarea");
  catcher.className = "visually-hidden"; catcher.tabIndex = -1; catcher.setAttribute("aria-hidden", "true");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id !== "call") return;
    pending = { xhr: event.detail.xhr, call: screen()?.dataset.call, saves: event.detail.elt === form() };
    if (byKey) { document.body.append(catcher); catcher.focus({ preventScroll: true }); }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!pending || event.detail.xhr !== pending.xhr) return;
    const { call, saves } = pending, ok = event.detail.xhr.status === 200;
    pending = null;
    catcher.remove();
    if (!ok) kept = []; // the screen stays as it was: what was meant for the next one is not for this one
    if (ok && saves) sessionStorage.removeItem(`call:${call}`);
    settle();
    if (ok) document.getElementById("call-title")?.focus({ preventScroll: true });
    else screen()?.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
    replay();
  });

  // What is typed survives a failed request, a reload and a closed cover of the laptop.
  const save = () => {
    const values = {};
    for (const name of DRAFT) { const value = form().elements[name]?.value; if (value) values[name] = value; }
    values.when = form().querySelector("[name=when]:checked")?.value || "";
    values.facts = facts().map((field) => [field.name, field.value, field.checked ?? null]);
    sessionStorage.setItem(`call:${screen().dataset.call}`, JSON.stringify(values));
  };
  const settle = () => {
    const text = screen() && form() && sessionStorage.getItem(`call:${screen().dataset.call}`);
    if (!text) return;
    const values = JSON.parse(text);
    for (const name of DRAFT) { const field = form().elements[name]; if (field && !field.value && values[name]) field.value = values[name]; }
    for (const [name, value, checked] of values.facts || []) {
      for (const field of facts()) {
        if (field.name !== name) continue;
        if (checked === null || field.type !== "checkbox") { if (field.type !== "checkbox") field.value = value; } else if (field.value === value) field.checked = checked;
      }
    }
    const radio = values.when && form().querySelector(`[name=when][value="${values.when}"]`);
    if (radio && !form().querySelector("[name=when]:checked")) radio.checked = true;
  };
  document.addEventListener("input", (event) => {
    if (!form() || !form().contains(event.target)) return;
    if (event.target.name === "next_on" && event.target.value) for (const radio of form().querySelectorAll("[name=when]")) radio.checked = false;
    if (event.target.name === "when") form().elements.next_on.value = "";
    save();
  });

  const copied = (button) => {
    const old = button.innerHTML;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.innerHTML = old; }, 1500);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    if (navigator.clipboard) { navigator.clipboard.writeText(button.dataset.copy).then(() => copied(button), () => {}); return; }
    const field = document.createElement("textarea"); // a page without HTTPS has no clipboard of its own
    field.value = button.dataset.copy; field.className = "visually-hidden";
    document.body.append(field); field.select(); document.execCommand("copy"); field.remove();
    copied(button);
  });

  settle();
})();
