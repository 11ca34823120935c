// Says so where the page does not begin: a part of it did not arrive, or the browser is too old for
// it. Written for such browsers; what it speaks in is gone as soon as the page has begun.

(function () {
  var patience = 20000;

  function say(text) {
    var place = document.getElementById("starting");
    if (!place) return;
    place.setAttribute("role", "alert");
    place.textContent = text;
  }

  if (!("noModule" in document.createElement("script"))) {
    document.addEventListener("DOMContentLoaded", function () {
      say("Peramban ini terlalu lama untuk halaman ini. Pakailah Chrome, Edge, atau Firefox yang baru.");
    });
    return;
  }
  window.addEventListener("error", function () {
    say("Halaman ini tidak termuat seluruhnya. Tunggu sebentar, lalu muat ulang (F5). Bila tetap begini, perbarui peramban Anda.");
  }, true);
  setTimeout(function () {
    say("Halaman ini lama termuat. Periksa sambungan internet, lalu muat ulang (F5).");
  }, patience);
}());
