// The likelihood explorer: sliders move two parameters; density, log-likelihood and its curves follow.
// Everything it needs is in the JSON block beside it. Positions of the sliders are whole numbers: where there is no
// formula, the log-likelihood was computed at every position in advance, so nothing is interpolated there.
(() => {
  const PAD = 58, CURVE = 301;
  const SVG = "http://www.w3.org/2000/svg";

  // Weights and places of tanh-sinh quadrature on (-1, 1): ends where a density is infinite do no harm.
  const NODES = [];
  for (let k = -24; k <= 24; k += 1) {
    const t = 0.125 * k, s = 0.5 * Math.PI * Math.sinh(t);
    const w = 0.125 * 0.5 * Math.PI * Math.cosh(t) / Math.cosh(s) ** 2;
    NODES.push([Math.tanh(s), w]);
  }
  function integral(f, low, high) {
    let sum = 0;
    const panels = 24, half = (high - low) / panels / 2;
    for (let j = 0; j < panels; j += 1) {
      const middle = low + (2 * j + 1) * half;
      for (const [u, w] of NODES) { const v = w * f(middle + half * u); if (Number.isFinite(v)) sum += v; }
    }
    return sum * half;
  }

  const shown = (v, digits = 5) => (Number.isFinite(v) ? String(Number(v.toPrecision(digits))).replace("-", "−") : v < 0 ? "−∞" : "∞");
  const output = (input) => input.parentElement.querySelector("output");
  const fixed = (v) => (Number.isFinite(v) ? v.toFixed(Math.abs(v) < 1e7 ? 6 : 2).replace("-", "−") : "−∞");
  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");

  function make(parent, name, attributes) {
    const node = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) node.setAttribute(key, attributes[key]);
    parent.appendChild(node);
    return node;
  }
  function text(parent, words, x, y, anchor) {
    make(parent, "text", { x, y, "text-anchor": anchor || "middle" }).textContent = words;
  }

  // Round numbers between two ends, written with as many places as tell them apart.
  function ticks(low, high, most) {
    const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
    const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) {
      const v = k * step, big = Math.max(Math.abs(low), Math.abs(high)) >= 1e7 || places > 6;
      found.push([v, (big ? v.toPrecision(5) : v.toFixed(places)).replace("-", "−")]);
    }
    return found;
  }

  // A picture with its scales. Everything in it is redrawn at each move: a few hundred points take a millisecond.
  function canvas(svg, xs, ys) {
    // As wide as it is shown, so that letters keep their size on a telephone.
    const height = svg.viewBox.baseVal.height, width = Math.min(Math.max(svg.clientWidth || 640, 280), 1100);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    while (svg.lastChild && svg.lastChild.nodeName !== "title" && svg.lastChild.nodeName !== "desc") svg.removeChild(svg.lastChild);
    const x = (v) => PAD + (v - xs[0]) / (xs[1] - xs[0]) * (width - PAD - 12);
    const y = (v) => height - 38 - Math.min(Math.max((v - ys[0]) / (ys[1] - ys[0]), -0.02), 1.02) * (height - 52);
    make(svg, "path", { class: "axis", d: `M${PAD} ${height - 38}H${width - 12}` });
    ticks(xs[0], xs[1], Math.floor(width / 110)).forEach(([v, words]) => {
      make(svg, "path", { class: "axis", d: `M${x(v).toFixed(2)} ${height - 38}v4` });
      text(svg, words, x(v), height - 20);
    });
    return { svg, x, y, label: (words) => text(svg, words, (width + PAD) / 2, height - 4) };
  }

  function start(root) {
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const density = data.family ? logDensity[data.family] : null;
    const inputs = [...root.querySelectorAll("input[data-parameter]")];
    const outputs = inputs.map(output);
    const [from, to, mark] = ["from", "to", "mark"].map((role) => root.querySelector(`input[data-role=${role}]`));
    const at = (role) => root.querySelector(`[data-role=${role}]`);
    const place = () => inputs.map((input) => Number(input.value));

    const member = (positions) => {
      const p = { ...data.params };
      data.sliders.forEach((slider, k) => { p[slider.name] = slider.values[positions[k]]; });
      return p;
    };
    function loglik(positions) {
      if (data.grid) {
        const row = data.grid[positions[0]];
        const value = positions.length > 1 ? row[positions[1]] : row;
        return value === null ? -Infinity : value;
      }
      const p = member(positions);
      let sum = 0;
      for (let i = 0; i < data.rows.x.length; i += 1) sum += data.rows.w[i] * density(data.rows.x[i], p);
      return Number.isNaN(sum) ? -Infinity : sum;
    }

    // Without a formula the curve is read between curves that were computed at some positions.
    function between(positions, x) {
      const c = data.curves, n = c.x.length;
      const t = Math.min(Math.max((x - c.x[0]) / (c.x[n - 1] - c.x[0]) * (n - 1), 0), n - 1);
      const weights = positions.map((position, k) => {
        const all = c.at[k];
        let j = 0;
        while (j < all.length - 2 && all[j + 1] <= position) j += 1;
        return [j, (position - all[j]) / (all[j + 1] - all[j])];
      });
      const i = data.discrete ? Math.round(t) : Math.min(Math.floor(t), n - 2);
      let log = 0;
      for (let corner = 0; corner < 2 ** weights.length; corner += 1) {
        let index = 0, weight = 1;
        weights.forEach(([j, u], k) => {
          const up = (corner >> k) & 1;
          index = index * c.at[k].length + j + up;
          weight *= up ? u : 1 - u;
        });
        if (weight === 0) continue;
        const curve = c.log[index];
        const value = data.discrete ? curve[i] : curve[i] === curve[i + 1] ? curve[i] : curve[i] + (t - i) * (curve[i + 1] - curve[i]);
        log += weight * (value === null ? -745 : value);
      }
      return Math.exp(log);
    }
    function pdf(positions) {
      if (!density) return (x) => between(positions, x);
      const p = member(positions);
      return (x) => Math.exp(density(x, p));
    }
    const step = (role) => {
      const s = Number(role.value) / Number(role.max);
      const v = data.view[0] + s * (data.view[1] - data.view[0]);
      return data.discrete ? Math.round(v) : v;
    };
    function probability(f, a, b) {
      if (!(a < b)) return 0;
      if (!data.discrete) return integral(f, a, b);
      let sum = 0;
      for (let k = Math.floor(a) + 1; k <= b; k += 1) sum += f(k);
      return sum;
    }

    function drawDensity(f, a, b, value) {
      const [low, high] = data.view, xs = [];
      if (data.discrete) for (let k = Math.ceil(low); k <= high; k += 1) xs.push(k);
      else for (let i = 0; i < CURVE; i += 1) xs.push(low + (high - low) * i / (CURVE - 1));
      const curve = xs.map((x) => [x, f(x)]);
      const { svg, x, y, label } = canvas(at("density"), data.view, [0, data.top]);
      data.bars.forEach(([left, right, h]) => make(svg, "rect", { class: "bar", x: x(left), y: y(h), width: Math.max(x(right) - x(left) - 1, 0.5), height: Math.max(y(0) - y(h), 0) }));
      if (data.discrete && xs.length <= 60) {
        curve.forEach(([k, h]) => make(svg, "line", { class: k > a && k <= b ? "stem inside" : "stem", x1: x(k), x2: x(k), y1: y(0), y2: y(h) }));
        curve.forEach(([k, h]) => make(svg, "circle", { class: "dot", cx: x(k), cy: y(h), r: 3 }));
      } else {
        const part = [[a, f(a)], ...curve.filter(([v]) => v > a && v < b), [b, f(b)]].map(([v, h]) => [x(v), y(h)]);
        if (a < b) make(svg, "path", { class: "area", d: `${path(part)}L${x(b).toFixed(2)} ${y(0)}L${x(a).toFixed(2)} ${y(0)}Z` });
        make(svg, "path", { class: "curve", d: path(curve.map(([v, h]) => [x(v), y(h)])) });
      }
      make(svg, "line", { class: "height", x1: x(value), x2: x(value), y1: y(0), y2: y(f(value)) });
      make(svg, "circle", { class: "marked", cx: x(value), cy: y(f(value)), r: 5 });
      label(data.label);
    }

    function slice(k, positions) {
      return data.sliders[k].values.map((_, i) => loglik(positions.map((p, j) => (j === k ? i : p))));
    }
    const top = (heights) => heights.reduce((best, h, i) => (h > heights[best] ? i : best), 0);

    function drawSlice(k, positions, heights) {
      const { values, name } = data.sliders[k];
      const best = top(heights), high = heights[best];
      // Twelve nats below the top the likelihood is 160 000 times smaller: the curve is cut there, unless we are lower.
      const here = heights[positions[k]];
      const low = Math.min(Number.isFinite(here) ? here : high, Math.max(high - 12, Math.min(...heights)));
      const { svg, x, y, label } = canvas(at(`slice-${k}`), [values[0], values[values.length - 1]], [low - 0.5, high + 0.08 * (high - low)]);
      const drawn = values.map((v, i) => [v, heights[i]]).filter(([, h]) => Number.isFinite(h) && h >= low - 0.5);
      make(svg, "path", { class: "curve", d: path(drawn.map(([v, h]) => [x(v), y(h)])) });
      make(svg, "path", { class: "top", d: `M${x(values[best])} ${y(high) - 5}l-6 -9h12Z` });
      if (Number.isFinite(here)) make(svg, "circle", { class: "marked", cx: x(values[positions[k]]), cy: y(here), r: 5 });
      ticks(low, high, 3).forEach(([v, words]) => text(svg, words, PAD - 6, y(v) + 4, "end"));
      label(name);
    }

    function tell(node, words, value) {
      node.textContent = words;
      node.dataset.value = String(value);
    }
    function update() {
      const positions = place(), f = pdf(positions), p = member(positions);
      inputs.forEach((input, k) => {
        const name = data.sliders[k].name;
        tell(outputs[k], shown(p[name], 7), p[name]);
        input.setAttribute("aria-valuetext", shown(p[name], 7));
      });
      const a = Math.min(step(from), step(to)), b = Math.max(step(from), step(to));
      const value = data.marks[Number(mark.value)], total = loglik(positions);
      [[from, step(from)], [to, step(to)], [mark, value]].forEach(([input, v]) => {
        tell(output(input), shown(v), v);
        input.setAttribute("aria-valuetext", shown(v));
      });
      const chance = probability(f, a, b), below = data.best - total;
      tell(at("loglik"), fixed(total), total);
      tell(at("below"), Math.abs(below) < 1e-9 ? "0" : shown(below, 4), below);
      tell(at("probability"), `P(${shown(a)} < X ≤ ${shown(b)}) = ${shown(chance, 4)}`, chance);
      tell(at("height"), `${data.discrete ? "P(X = " + shown(value) + ")" : "f(" + shown(value) + ")"} = ${shown(f(value), 4)}`, f(value));
      drawDensity(f, a, b, value);
      inputs.forEach((_, k) => drawSlice(k, positions, slice(k, positions)));
    }

    root.querySelectorAll("button[data-over]").forEach((button) => button.addEventListener("click", () => {
      const over = button.dataset.over;
      if (over === "start") inputs.forEach((input, k) => { input.value = data.sliders[k].start; });
      else inputs[Number(over)].value = top(slice(Number(over), place()));
      update();
    }));
    [...inputs, from, to, mark].forEach((input) => input.addEventListener("input", update));
    window.addEventListener("resize", update);
    root.hidden = false;
    update();
  }
  document.querySelectorAll("[data-explorer]").forEach(start);
})();
