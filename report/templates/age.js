"use strict";
// A page that is written once cannot know that no run came after it: whoever opens it days later is told so.
const told = document.getElementById("age");
const days = Math.floor((Date.now() - Date.parse(told.dataset.since)) / 86400000);
if (days >= 3) {
  told.textContent = `No version was published for ${days} days, or this page is a copy. What follows is as it was then.`;
  told.hidden = false;
}
