/* Comfort only: every page works without this file. Numbers of money are whole tetri. No alert, no storage; the one
   request is that a draft saves itself. */
(function () {
  "use strict";
  var doc = document;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function fill(pattern, values) {
    return String(pattern || "").replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  var georgian = doc.documentElement.lang !== "en";

  /* 2550050 tetri -> „25 500,50“ or "25,500.50" */
  function lari(tetri) {
    var whole = String(Math.floor(tetri / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, georgian ? "\u00a0" : ",");
    var rest = tetri % 100;
    return rest ? whole + (georgian ? "," : ".") + (rest < 10 ? "0" : "") + rest : whole;
  }

  /* What people type for a number, scaled to a whole: "1 500,5" with 100 -> 150050; null when it is none */
  function scaled(text, scale) {
    var clean = String(text).replace(/[\s\u00a0\u202f]/g, "");
    if (/^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(clean)) { clean = clean.replace(/,/g, ""); }
    clean = clean.replace(",", ".");
    if (!/^\d+(\.\d*)?$/.test(clean)) { return null; }
    return Math.round(parseFloat(clean) * scale);
  }

  /* counted as people count: a Georgian letter is one, and so is a picture sign; the server counts in the same way */
  function length(text) { return Array.from ? Array.from(text.replace(/\r\n/g, "\n")).length : text.length; }

  all("[data-count-for]").forEach(function (note) {
    var input = doc.getElementById(note.getAttribute("data-count-for"));
    if (!input) { return; }
    var limit = parseInt(input.getAttribute("data-limit"), 10);
    var resting = note.textContent;
    function show() {
      var left = limit - length(input.value);
      note.textContent = left === limit ? resting : fill(note.getAttribute(left < 0 ? "data-over" : "data-left"), { n: Math.abs(left) });
      note.classList.toggle("is-over", left < 0);
    }
    input.addEventListener("input", show);
    input.addEventListener("blur", function () { note.setAttribute("aria-live", "off"); });
    input.addEventListener("focus", function () {
      note.setAttribute("aria-live", length(input.value) > limit * 0.8 ? "polite" : "off");
    });
    show();
  });

  /* Ballot: how many are chosen and what they cost. Never ticks or unticks anything by itself. */
  all("[data-ballot]").forEach(function (list) {
    var bar = (list.form || doc).querySelector("[data-ballot-bar]") || doc.querySelector("[data-ballot-bar]");
    if (!bar) { return; }
    var live = bar.querySelector("[data-live]");
    var meter = bar.querySelector("[data-meter]");
    var max = parseInt(list.getAttribute("data-max"), 10) || 0;
    var budget = parseInt(list.getAttribute("data-budget"), 10) || 0;
    function show() {
      var chosen = all("input:checked", list);
      var cost = chosen.reduce(function (sum, box) { return sum + (parseInt(box.getAttribute("data-cost"), 10) || 0); }, 0);
      var words = [fill(live.getAttribute("data-chosen"), { n: chosen.length, max: max })];
      var over = false;
      if (max && chosen.length > max) {
        over = true;
        words.push(fill(live.getAttribute("data-over-count"), { n: chosen.length - max }));
      }
      if (budget && cost > budget) {
        over = true;
        words.push(fill(live.getAttribute("data-over-budget"), { n: lari(cost - budget) }));
      } else if (budget) {
        words.push(fill(live.getAttribute("data-left"), { n: lari(budget - cost) }));
      }
      live.textContent = words.join(". ").replace(/\.\./g, ".");
      bar.classList.toggle("is-over", over);
      all(".pb-ballot-row", list).forEach(function (row) {
        row.classList.toggle("is-chosen", !!row.querySelector("input:checked"));
      });
      var share = budget ? cost / budget : (max ? chosen.length / max : 0);
      meter.querySelector("[data-fill]").setAttribute("width", Math.min(1000, Math.round(share * 1000)));
    }
    live.hidden = false;
    meter.removeAttribute("hidden");
    bar.classList.add("is-live");
    list.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  });

  /* Budget lines: quantity times price, in thousandths and tetri, rounded half up like the server */
  all("[data-lines]").forEach(function (block) {
    var cap = parseInt(block.getAttribute("data-cap"), 10) || 0;
    var note = null;
    function show() {
      var sum = 0, shares = 0;
      function put(name, tetri) {
        var out = block.querySelector(name);
        if (out) { out.textContent = fill(block.getAttribute("data-money"), { n: lari(tetri) }); }
      }
      all("[data-line]", block).forEach(function (row) {
        var out = row.querySelector("[data-sum]"), share = row.querySelector("[data-share]");
        var typed = row.querySelector("[data-quantity]").value;
        var quantity = typed.trim() ? scaled(typed, 1000) : 1000;
        var price = scaled(row.querySelector("[data-price]").value, 100);
        if (quantity === null || price === null) { out.textContent = "–"; return; }
        var line = Math.floor((quantity * price + 500) / 1000);
        sum += line;
        shares += (share && scaled(share.value, 100)) || 0;
        out.textContent = fill(block.getAttribute("data-money"), { n: lari(line) });
      });
      put("[data-total]", sum);
      put("[data-shares]", shares);
      put("[data-asked]", sum - shares);
      if (cap) {
        if (!note) { note = doc.createElement("p"); note.className = "pb-error"; note.setAttribute("role", "status"); block.appendChild(note); }
        note.textContent = sum - shares > cap ? fill(block.getAttribute("data-over"), { n: lari(sum - shares - cap) }) : "";
      }
    }
    block.addEventListener("input", show);
    show();
  });

  /* What an address points to may lie in a fold; paper shows all folds open */
  function unfold() {
    var place = location.hash.length > 1 ? doc.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    var at = place;
    while (at) { if (at.tagName === "DETAILS") { at.open = true; } at = at.parentElement; }
    if (place) { place.scrollIntoView(); }
  }
  if (location.hash) { unfold(); }
  window.addEventListener("hashchange", unfold);
  window.addEventListener("beforeprint", function () {
    all("details:not([open])").forEach(function (fold) { fold.open = true; fold.setAttribute("data-printed", ""); });
  });
  window.addEventListener("afterprint", function () {
    all("[data-printed]").forEach(function (fold) { fold.open = false; fold.removeAttribute("data-printed"); });
  });

  /* The list of errors is what people should meet first */
  var errors = doc.querySelector("[data-error-summary]");
  if (errors) { errors.focus(); }

  /* A draft saves itself while people write, and a page is not sent into the void without a connection */
  all("[data-autosave]").forEach(function (note) {
    var form = note.closest("form"), last, timer = 0, leaving = false;
    function typed() {
      var data = new FormData(form);
      Array.from(data.keys()).forEach(function (name) { if (data.get(name) instanceof File) { data.delete(name); } });
      return new URLSearchParams(data).toString();
    }
    function say(name) { note.textContent = note.getAttribute("data-" + name); }
    function save() {
      var now = typed();
      timer = 0;
      if (leaving || now === last) { return; }
      fetch(form.action || location.href, {
        method: "POST", redirect: "manual", credentials: "same-origin", body: new URLSearchParams(now + "&autosave=1")
      }).then(function (answer) {
        if (answer.status === 204) {
          var seen = answer.headers.get("X-Version");
          last = now;
          if (seen) { form.elements.version.value = seen; last = now.replace(/(^|&)version=[^&]*/, "$1version=" + seen); }
          say("saved");
        } else if (answer.status !== 422) { say("failed"); }
      }, function () { say("failed"); later(); });
    }
    function later() { clearTimeout(timer); timer = setTimeout(save, 4000); }
    last = typed();
    form.addEventListener("input", later);
    window.addEventListener("pageshow", function () { leaving = false; });
    form.addEventListener("submit", function (event) {
      if (navigator.onLine === false) { event.preventDefault(); event.stopImmediatePropagation(); say("failed"); return; }
      leaving = true;
      clearTimeout(timer);
    }, true);
  });

  /* A double tap sends once. The server holds the same line; this only spares a slow connection. */
  all("form[data-once]").forEach(function (form) {
    var sent = 0;
    form.addEventListener("submit", function (event) {
      var now = Date.now();
      if (sent && now - sent < 8000) { event.preventDefault(); return; }
      sent = now;
      setTimeout(function () {
        all("button[type=submit]", form).forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
      }, 0);
    });
    window.addEventListener("pageshow", function () {
      sent = 0;
      all("button[aria-disabled]", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  /* Photos are made small on the phone already: a slow line carries 300 KB, not 6 MB. The server makes them anew all the same. */
  all("[data-shrink]").forEach(function (input) {
    input.addEventListener("change", function () {
      if (!window.createImageBitmap || !window.DataTransfer) { return; }
      Promise.all(Array.from(input.files).map(function (file) {
        if (file.size < 500000) { return file; }
        return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (map) {
          var scale = Math.min(1, 1600 / Math.max(map.width, map.height)), canvas = doc.createElement("canvas");
          canvas.width = Math.round(map.width * scale);
          canvas.height = Math.round(map.height * scale);
          canvas.getContext("2d").drawImage(map, 0, 0, canvas.width, canvas.height);
          return new Promise(function (done) {
            canvas.toBlob(function (blob) { done(blob ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file); }, "image/jpeg", 0.82);
          });
        }).catch(function () { return file; });
      })).then(function (files) {
        var list = new DataTransfer();
        files.forEach(function (file) { list.items.add(file); });
        input.files = list.files;
      });
    });
  });

  all("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  if (navigator.clipboard) {
    all("[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = doc.querySelector(button.getAttribute("data-copy")).textContent.trim();
        navigator.clipboard.writeText(text).then(function () { button.textContent = button.getAttribute("data-copied"); });
      });
    });
  }
})();
