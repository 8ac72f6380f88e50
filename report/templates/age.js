"use strict";
// A written page does not know whether a newer version exists, so it warns whoever opens it days later.
const notice = document.getElementById("age");
const days = Math.floor((Date.now() - Date.parse(notice.dataset.since)) / 86400000);
if (days >= 3) {
  notice.textContent = `No version has been published for ${days} days, or this page is an old copy. It shows the state of that day.`;
  notice.hidden = false;
}
