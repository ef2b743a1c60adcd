/* The book: addresses of paragraphs, and pictures put into the text of a draft. All of it works without this file. */
(() => {
  "use strict";
  // A click on the sign of a paragraph opens its address (the browser does that) and copies it.
  document.addEventListener("click", (event) => {
    const sign = event.target.closest("a.deep");
    if (!sign || event.ctrlKey || event.metaKey || !navigator.clipboard) return;
    navigator.clipboard.writeText(sign.href).then(() => {
      sign.classList.add("copied");
      setTimeout(() => sign.classList.remove("copied"), 1500);
    }).catch(() => {});
  });

  const area = () => document.querySelector(".draft textarea[name=text]");
  document.addEventListener("htmx:afterSwap", (event) => {
    const answer = event.target.querySelector?.("[data-insert]"), text = area();
    if (!answer || !text) return;
    const start = text.selectionStart, before = text.value.slice(0, start);
    const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    text.setRangeText(`${gap}${answer.dataset.insert}\n\n`, start, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    answer.querySelector("[data-inserted]").hidden = false;
    for (const one of answer.querySelectorAll("[data-not-inserted]")) one.hidden = true;
    for (const field of document.querySelectorAll("#picture-file, #picture-alt")) field.value = "";
    text.focus();
  });

  // A picture pasted into the text goes the same way as a chosen one.
  document.addEventListener("paste", (event) => {
    const field = document.getElementById("picture-file"), files = event.clipboardData?.files;
    if (!field || event.target !== area() || !files?.length || !files[0].type.startsWith("image/")) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(files[0]);
    field.files = one.files;
    field.closest("details").open = true;
    field.form.requestSubmit();
  });
})();
