// A text file fills the field, so that nothing has to be uploaded and what is sent is what was seen.
"use strict";

(() => {
  const { $ } = window.desk;
  const file = $("[data-fills]");
  if (!file) return;
  $("#from-file").hidden = false;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    document.getElementById(file.dataset.fills).value = await chosen.text();
    const name = $("#name");
    name.value ||= chosen.name.replace(/\.[^.]+$/, "");
  });
})();
