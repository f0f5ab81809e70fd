// What every page does with scripts: times as they are here, and plain menus.

for (const element of document.querySelectorAll("time[datetime]")) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime()) || !element.dateTime.includes("T")) continue;
  const today = at.toDateString() === new Date().toDateString();
  const form = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  element.textContent = new Intl.DateTimeFormat(document.documentElement.lang, form).format(at);
}
