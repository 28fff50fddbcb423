// The call form: what is known appears beside it while the caller talks; what is written is kept on the server.
"use strict";

(() => {
  const { $, $$, parse, fetchPage } = window.desk;
  const form = $("#calling");
  let looking = null;
  let keeping = null;
  let asked = "";

  const fields = () => new URLSearchParams(new FormData(form));

  async function look() {
    const data = fields();
    const now = data.toString();
    if (now === asked) return;
    asked = now;
    const response = await fetchPage("/desk/new/look", { method: "POST", body: data }).catch(() => null);
    if (!response?.ok) return;
    const fresh = parse(await response.text());
    for (const id of ["found", "asks", "suggestions"]) {
      const [old, next] = [document.getElementById(id), fresh.getElementById(id)];
      if (next && !(old.contains(document.activeElement) && document.activeElement.matches("input, select"))) old.replaceWith(next);
    }
    guess();
  }

  // The category follows the matter until somebody chooses one himself.
  function guess() {
    const { category, title } = $("#asks").dataset;
    const select = $("#category");
    if (select.dataset.chosen || !category) return;
    select.value = category;
    $("#guess").textContent = title ? "按他说的选的，可以改" : "";
  }
  if ($("#category").value) $("#category").dataset.chosen = "yes";
  $("#category").addEventListener("change", () => { $("#category").dataset.chosen = "yes"; $("#guess").textContent = ""; });

  async function keep() {
    const response = await fetchPage("/desk/new/draft", { method: "POST", body: fields() }).catch(() => null);
    $("#kept").textContent = response?.ok ? "草稿已存" : "草稿没存上，网络断了";
  }

  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(keeping);
    keeping = setTimeout(keep, 1200);
    if ("looks" in event.target.dataset) { clearTimeout(looking); looking = setTimeout(look, 350); }
    if (event.target.name === "safe") $("#unsafe").hidden = event.target.value !== "no";
  });
  form.addEventListener("submit", () => clearTimeout(keeping));
  if ($$("[data-looks]").some((field) => field.value)) look();
})();
