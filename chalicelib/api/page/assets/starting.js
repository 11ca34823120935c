// Shows a message if the page does not start: a part of it did not load, or the browser is too old.
// The code is old-style JavaScript for such browsers. The element with the message disappears as
// soon as the page starts.

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
