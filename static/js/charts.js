/* Plan and fact of the year: a bar is the fact, a mark is the plan; the table below the chart says the same. */
(() => {
  "use strict";
  const PRINT = { "--c1": "#0072b2", "--c2": "#d55e00", "--chart-ink": "#000", "--muted": "#333", "--line": "#bbb", "--line-strong": "#888" };
  let printing = false;
  const colour = (name) => (printing && PRINT[name]) || getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // A month that is not over is hatched, so that its low bar is not read as a result.
  const hatched = (base) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.globalAlpha = 0.28;
    pen.fillStyle = base;
    pen.fillRect(0, 0, 8, 8);
    pen.globalAlpha = 1;
    pen.strokeStyle = base;
    pen.lineWidth = 2;
    for (const shift of [-8, 0, 8]) { pen.beginPath(); pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); pen.stroke(); }
    return pen.createPattern(tile, "repeat");
  };
  const fill = (state) => {
    if (state === "behind") return colour("--c2");
    if (state === "open") return hatched(colour("--c1"));
    return state === "free" ? colour("--line-strong") : colour("--c1");
  };
  const zoom = () => Number(getComputedStyle(document.documentElement).zoom) || 1;
  const half = (context) => {
    const area = context.chart.chartArea;
    return area ? Math.max(area.width / context.chart.data.labels.length / 2.5, 6) : 12;
  };

  const draw = (canvas) => {
    const data = JSON.parse(document.getElementById(canvas.dataset.planChart).textContent);
    const words = data.words;
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    const font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
    canvas.chart?.destroy();
    canvas.chart = new Chart(canvas, {
      data: {
        labels: data.labels,
        datasets: [
          { type: "line", label: words.plan, data: data.plan, showLine: false, clip: false, pointStyle: "line", pointRadius: half, pointHoverRadius: half, pointBorderWidth: 2, pointBorderColor: colour("--chart-ink"), pointHoverBorderColor: colour("--chart-ink"), pointHoverBorderWidth: 2 },
          { type: "bar", label: words.fact, data: data.fact, backgroundColor: data.state.map(fill), borderRadius: 2, maxBarThickness: 44, categoryPercentage: 0.72, barPercentage: 0.92 },
        ],
      },
      options: {
        animation: false, maintainAspectRatio: false, layout: { autoPadding: false, padding: { top: 6 } }, devicePixelRatio: devicePixelRatio * zoom(), interaction: { mode: "index", intersect: false },
        onClick: (_event, found, chart) => {
          if (!found.length) return;
          const address = new URL(location.href);
          address.searchParams.set("month", data.months[found[0].index]);
          location.assign(address);
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            callbacks: {
              title: (items) => data.titles[items[0].dataIndex],
              label: (item) => item.parsed.y === null ? null : `${item.dataset.label}: ${number.format(item.parsed.y)} ${words.unit}`,
              footer: (items) => {
                const place = items[0].dataIndex, before = data.before[place], state = words[data.state[place]];
                return [state, before === null ? null : `${words.before}: ${number.format(before)} ${words.unit}`].filter(Boolean);
              },
            },
          },
        },
        scales: {
          x: { grid: { display: false }, border: { color: colour("--line-strong") }, ticks: { color: colour("--muted"), font } },
          y: { beginAtZero: true, border: { display: false }, grid: { color: colour("--line") }, ticks: { color: colour("--muted"), font, maxTicksLimit: 6, callback: (value) => number.format(value) } },
        },
      },
    });
  };

  const all = () => document.querySelectorAll("canvas[data-plan-chart]");
  const redraw = () => { if (window.Chart) all().forEach(draw); };
  const settle = () => { if (window.Chart) for (const canvas of all()) if (!canvas.chart) draw(canvas); };
  // Paper is light and narrower: the chart is drawn anew for it, and again for the screen.
  const paper = (on) => { printing = on; redraw(); };
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  document.addEventListener("themechange", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  document.addEventListener("htmx:afterSettle", settle);
  settle();
  document.fonts.ready.then(redraw);
})();
