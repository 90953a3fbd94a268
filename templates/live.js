// Keeps a page fresh without loading it anew, and unfolds for the printer. Without this script it reloads itself where there is no form
// that somebody may be filling in.
"use strict";
(function () {
  // What proves a verdict is printed, folded or not, also where the style sheet cannot unfold it.
  var unprinted = [];
  window.addEventListener("beforeprint", function () {
    unprinted = Array.prototype.filter.call(document.querySelectorAll("details.full"), function (one) {
      return !one.open;
    });
    unprinted.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    unprinted.forEach(function (one) { one.open = false; });
    unprinted = [];
  });

  var EVERY = 30000;
  var RECENT = 60000;
  var main = document.querySelector("main[data-live]");
  var note = document.getElementById("age");
  if (!main || !window.fetch || !window.DOMParser) return;
  var seen = Date.now();
  var broken = false;

  var touched = 0;

  // A field that is being filled in; a link or button that somebody is at just now. A click on a page
  // gives the focus to what lies there and never takes it away: that alone means nothing.
  function busy() {
    var active = document.activeElement;
    var inside = active && main.contains(active);
    if (inside && active.matches("input, select, textarea")) return true;
    var recent = Date.now() - touched < RECENT;
    if (inside && recent && active.matches("a, button, summary")) return true;
    if (main.querySelector("details.work[open]")) return true;
    var chosen = window.getSelection();
    return Boolean(chosen && !chosen.isCollapsed);
  }

  // What can be folded, each by the words of its summary without numbers, and its turn among those of the
  // same words: others may come and go before it.
  function folds(root) {
    var turns = Object.create(null);
    return Array.prototype.map.call(root.querySelectorAll("details"), function (one) {
      var summary = one.querySelector("summary");
      var words = summary ? summary.textContent.replace(/[0-9]+/g, "") : "";
      turns[words] = (turns[words] || 0) + 1;
      return { one: one, name: words + turns[words] };
    });
  }

  function unfolded(root) {
    var open = folds(root).filter(function (fold) { return fold.one.open; });
    return open.map(function (fold) { return fold.name; });
  }

  function take(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var fresh = page.querySelector("main[data-live]");
    if (!fresh) {
      window.location.reload();
      return;
    }
    ["header .at", "#trouble"].forEach(function (part) {
      var from = page.querySelector(part);
      var to = document.querySelector(part);
      if (from && to && from.innerHTML !== to.innerHTML) to.innerHTML = from.innerHTML;
    });
    if (fresh.innerHTML !== main.innerHTML) {
      var open = unfolded(main);
      main.innerHTML = fresh.innerHTML;
      folds(main).forEach(function (fold) {
        if (open.indexOf(fold.name) >= 0) fold.one.open = true;
      });
    }
    seen = Date.now();
    broken = false;
    age();
  }

  function ask() {
    if (document.hidden || busy()) return;
    // The header says that nobody has done anything: a page left open keeps no session from ending.
    fetch(window.location.href, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { "X-Wangxun-By-Itself": "1" }
    })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(take)
      .catch(function () {
        broken = true;
        age();
      });
  }

  function age() {
    if (!note) return;
    var minutes = Math.floor((Date.now() - seen) / 60000);
    note.textContent = broken
      ? "连接中断，所示为" + (minutes < 1 ? "刚才" : minutes + "分钟前") + "的数据"
      : minutes < 1 ? "" : minutes + "分钟前";
    note.className = broken ? "bad" : "";
  }

  ["keydown", "pointerdown"].forEach(function (what) {
    document.addEventListener(what, function () { touched = Date.now(); });
  });
  setInterval(ask, EVERY);
  setInterval(age, 10000);
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && Date.now() - seen > EVERY) ask();
  });
})();
