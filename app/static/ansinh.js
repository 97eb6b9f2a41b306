// What the pages do not need but are better with: the focus goes to what went wrong, a button is
// pressed once, and a form stays where it is while the line is cut. Everything works without it.
(() => {
  "use strict";
  const tell = () => {
    const told = document.querySelector(".faults") || document.querySelector(".told");
    if (told) told.focus();
  };
  document.addEventListener("DOMContentLoaded", tell);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.querySelector && event.target.querySelector(".faults")) tell();
  });
  // A browser that reaches nobody shows its own page and drops what was typed: so a form asks first
  // whether anybody answers, and leaves only then.
  const ASKED_MS = 15000;
  const answered = () => {
    const stop = new AbortController();
    const over = setTimeout(() => stop.abort(), ASKED_MS);
    const asked = document.querySelector("link[rel=icon]").href;
    const told = fetch(asked, { method: "HEAD", cache: "no-store", signal: stop.signal });
    return told.then(() => true, () => false).finally(() => clearTimeout(over));
  };
  const cut = document.getElementById("cut");
  const leave = (form, button) => {
    form.dataset.leaves = "1";
    form.requestSubmit(button);
    delete form.dataset.leaves;
  };
  const ask = async (form, button) => {
    if (form.dataset.asks) return;
    form.dataset.asks = "1";
    cut.hidden = await answered();
    delete form.dataset.asks;
    if (cut.hidden) leave(form, button);
    else cut.focus();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.method === "post" && cut && !form.dataset.leaves) {
      event.preventDefault();
      ask(form, button);
      return;
    }
    if (!button || !button.hasAttribute("data-once")) return;
    if (button.dataset.pressed) event.preventDefault();
    button.dataset.pressed = "1";
    setTimeout(() => delete button.dataset.pressed, 5000);
  });
  window.addEventListener("pageshow", () => {
    for (const one of document.querySelectorAll("[data-pressed]")) delete one.dataset.pressed;
  });
})();
