/* The client list and card. Without it every link and form still works. */
(() => {
  "use strict";

  // A closed filter menu says how many of its values are on, while the results come.
  document.addEventListener("change", (event) => {
    const menu = event.target.closest("[data-filter]");
    if (!menu) return;
    const on = [...menu.querySelectorAll("input, select")].filter((field) => field.type === "checkbox" ? field.checked : field.value);
    menu.querySelector("[data-chosen]").textContent = on.length || "";
  });

  // The phone has no column headings: there a list chooses the order, elsewhere the hidden field does.
  const narrow = matchMedia("(max-width: 900px)");
  const chooseOrder = () => {
    for (const select of document.querySelectorAll("[data-phone-sort]")) {
      select.disabled = !narrow.matches;
      const hidden = document.querySelector('input[type="hidden"][name="sort"]');
      if (hidden) hidden.disabled = narrow.matches;
    }
  };
  narrow.addEventListener("change", chooseOrder);

  // J and K walk the rows, X ticks the one with the focus.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
    if (event.code === "KeyJ" || event.code === "KeyK") {
      event.preventDefault();
      rows[Math.min(Math.max(here + (event.code === "KeyJ" ? 1 : -1), 0), rows.length - 1)].focus();
    } else if (event.code === "KeyX" && here >= 0) {
      const box = rows[here].closest("tr").querySelector('[name="client"]');
      if (box) { event.preventDefault(); box.click(); rows[here].focus(); }
    }
  });

  document.addEventListener("click", (event) => {
    // «Cancel» of an inline form brings the card back as it is.
    if (event.target.closest("[data-refresh]")) {
      event.preventDefault();
      htmx.trigger(document.body, "clients-changed");
    }
    // A shipment opens its lines under its row, and closes them again.
    const link = event.target.closest("[data-toggle-lines]");
    if (link) {
      const row = document.getElementById(link.dataset.toggleLines).closest("tr");
      row.hidden = !row.hidden;
      link.setAttribute("aria-expanded", String(!row.hidden));
    }
  });

  // Purchases by month: bars are this year, the line is the year before; the table says the same.
  const draw = (canvas) => {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
    const number = (value) => format.format(value).replace("-", "\u2212");
    const font = { family: css.getPropertyValue("--font"), size: 11 };
    canvas.chart?.destroy();
    canvas.chart = new Chart(canvas, {
      data: {
        labels: data.labels,
        datasets: [
          { type: "line", label: data.beforeLabel, data: data.before.map((value) => value || null), showLine: false, pointStyle: "line", pointRadius: 16, pointHoverRadius: 16, pointBorderWidth: 2.5, borderColor: colour("--c2"), pointBorderColor: colour("--c2") },
          { type: "bar", label: data.nowLabel, data: data.now, backgroundColor: data.now.map((_, place) => colour("--c1") + (data.partial[place] ? "88" : "")), borderRadius: 2, maxBarThickness: 36, pointStyle: "rect" },
        ],
      },
      options: {
        animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
        plugins: {
          legend: { position: "top", align: "end", reverse: true, labels: { color: colour("--muted"), font, boxHeight: 8, usePointStyle: true } },
          tooltip: { callbacks: { title: (items) => data.titles[items[0].dataIndex], label: (item) => `${item.dataset.label}: ${number(item.parsed.y)} ${data.unit}` } },
        },
        scales: {
          x: { grid: { display: false }, border: { color: colour("--line-strong") }, ticks: { color: colour("--muted"), font } },
          y: { beginAtZero: true, border: { display: false }, grid: { color: colour("--line") }, ticks: { color: colour("--muted"), font, maxTicksLimit: 5, callback: number } },
        },
      },
    });
  };
  const charts = () => { if (window.Chart) for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas); };
  const settle = () => {
    chooseOrder();
    if (window.Chart) for (const canvas of document.querySelectorAll("canvas[data-chart]")) if (!canvas.chart) draw(canvas);
  };
  document.addEventListener("themechange", charts);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", charts);
  document.addEventListener("htmx:afterSettle", settle);
  settle();
  document.fonts.ready.then(charts);
})();
