// Adds the visitor's own time to every moment of a page, to be read where one points; without script they are UTC.
"use strict";
(() => {
  const here = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.title = [time.title, here.format(at) + " your time"].filter(Boolean).join(", ");
  }
})();
