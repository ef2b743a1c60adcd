/* The button under a regulation waits until the end of the text was on the screen. Without scripts it simply stands there. */
(() => {
  "use strict";
  const place = document.querySelector("[data-read-to-end]");
  if (!place || !("IntersectionObserver" in window)) return;
  const button = place.querySelector("button"), before = place.querySelector("[data-before]"), after = place.querySelector("[data-after]");
  const hold = (held) => {
    button.disabled = held; before.hidden = !held; after.hidden = held;
  };
  hold(true);
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    hold(false);
  });
  watch.observe(place);
})();
