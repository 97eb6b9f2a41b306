// What the pages do not need but are better with: the focus goes to what went wrong, and a button
// is pressed once. Everything works without it.
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
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.hasAttribute("data-once")) return;
    if (button.dataset.pressed) event.preventDefault();
    button.dataset.pressed = "1";
    setTimeout(() => delete button.dataset.pressed, 5000);
  });
  window.addEventListener("pageshow", () => {
    for (const one of document.querySelectorAll("[data-pressed]")) delete one.dataset.pressed;
  });
})();
