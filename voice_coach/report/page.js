"use strict";
(() => {
  const sound = document.getElementById("sound");
  const words = [...document.querySelectorAll(".w[data-t]")];
  const starts = words.map((word) => Number(word.dataset.t));
  const ends = words.map((word) => Number(word.dataset.e));

  // The last word that began at or before `at`; -1 before the first.
  const indexAt = (at) => {
    let low = 0, high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at + 0.005) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  let cited = [];
  const cite = (from, until) => {
    for (const word of cited) word.classList.remove("is-cited");
    cited = words.filter((_, index) => starts[index] >= from - 0.015 && ends[index] <= until + 0.015);
    for (const word of cited) word.classList.add("is-cited");
  };

  // Details are printed open, and closed again.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const item of opened) item.open = true;
  });
  addEventListener("afterprint", () => { for (const item of opened) item.open = false; });

  let stopAt = Infinity;
  const play = (from, until = Infinity) => {
    if (!sound) return;
    stopAt = until;
    sound.currentTime = from;
    sound.play().catch(() => {});
  };

  const back = document.getElementById("back");
  let cameFrom = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-at]");
    if (link) {
      const from = Number(link.dataset.at), until = Number(link.dataset.until ?? Infinity);
      if (Number.isFinite(until)) cite(from, until);
      // A little is heard after a quote, so that its last sound is not cut.
      play(from, until + 0.25);
      if (back && link.matches("main a") && !link.closest(".turns")) {
        cameFrom = link;
        back.hidden = false;
      }
      return;
    }
    const word = event.target.closest(".w[data-t]");
    if (word && sound) {
      focusOn(words.indexOf(word));
      play(Number(word.dataset.t));
    }
  });
  if (back) back.addEventListener("click", () => {
    back.hidden = true;
    cameFrom.scrollIntoView({ block: "center" });
    cameFrom.focus({ preventScroll: true });
  });
  if (!sound) return;

  // One word at a time can be reached by Tab; from it the arrows lead on.
  let current = 0;
  const dress = (index, isIn) => {
    const word = words[index];
    if (!word) return;
    if (isIn) {
      word.tabIndex = 0;
      word.setAttribute("role", "button");
    } else {
      word.removeAttribute("tabindex");
      word.removeAttribute("role");
    }
  };
  const focusOn = (index) => {
    if (!words[index]) return;
    dress(current, false);
    current = index;
    dress(current, true);
    words[current].focus({ preventScroll: true });
    words[current].scrollIntoView({ block: "nearest" });
  };
  dress(0, true);
  const turnStart = (index, step) => {
    const turns = [...document.querySelectorAll(".turn")].filter((turn) => turn.querySelector(".w[data-t]"));
    const at = turns.indexOf(words[index].closest(".turn"));
    const turn = turns[Math.min(turns.length - 1, Math.max(0, at + step))];
    return words.indexOf(turn.querySelector(".w[data-t]"));
  };
  const toggle = () => {
    stopAt = Infinity;
    if (sound.paused) sound.play().catch(() => {}); else sound.pause();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const onWord = event.target.matches(".w[data-t]");
    if (event.key === " " && !event.target.closest("a, button, summary, audio, input")) {
      event.preventDefault();
      toggle();
    } else if (onWord && event.key === "Enter") {
      play(starts[current]);
    } else if (onWord) {
      const to = {
        ArrowRight: () => current + 1,
        ArrowLeft: () => current - 1,
        ArrowDown: () => turnStart(current, 1),
        ArrowUp: () => turnStart(current, -1),
        Home: () => 0,
        End: () => words.length - 1,
      }[event.key];
      if (to) {
        event.preventDefault();
        focusOn(to());
      }
    }
  });

  const pictures = [...document.querySelectorAll("svg[data-until]")];
  const bounds = (picture) => [Number(picture.dataset.left), Number(picture.dataset.right), Number(picture.dataset.until)];
  for (const picture of pictures) {
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const x = (event.clientX - box.left) * picture.viewBox.baseVal.width / box.width;
      const [left, right, until] = bounds(picture);
      if (x < left || x > right) return;
      const perUnit = until / (right - left);
      const at = (x - left) * perUnit;
      const near = (picture.dataset.marks || "").split(",").filter(Boolean).map(Number)
        .find((mark) => Math.abs(mark - at) <= 4 * perUnit);
      play(near ?? at);
    });
  }

  const now = document.getElementById("now");
  let lit = -1;
  const draw = () => {
    const at = sound.currentTime;
    if (at >= stopAt) {
      stopAt = Infinity;
      sound.pause();
    }
    let index = indexAt(at);
    if (index >= 0 && at > ends[index] + 0.4) index = -1;
    if (index !== lit) {
      if (lit >= 0) words[lit].classList.remove("is-now");
      if (index >= 0) {
        words[index].classList.add("is-now");
        now.textContent = words.slice(Math.max(0, index - 4), index + 5).map((word) => word.textContent).join(" ");
      } else {
        now.textContent = "";
      }
      lit = index;
    }
    for (const picture of pictures) {
      const [left, right, until] = bounds(picture);
      const line = picture.querySelector(".playhead");
      const x = left + Math.min(1, at / until) * (right - left);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      line.classList.toggle("is-on", at > 0 && at <= until);
    }
  };
  const follow = () => {
    draw();
    if (!sound.paused) requestAnimationFrame(follow);
  };
  sound.addEventListener("play", follow);
  sound.addEventListener("pause", () => { stopAt = Infinity; });
  // In a tab that is not seen nothing is drawn, but a quote ends all the same.
  for (const kind of ["timeupdate", "seeked"]) sound.addEventListener(kind, draw);
})();
