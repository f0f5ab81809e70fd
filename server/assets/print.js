// A button that opens the browser's own window for printing, where a PDF can be made too.
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
