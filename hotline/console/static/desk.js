// The desk's one script: forms that stay on the page, pieces that renew themselves, keys. Without it every form and
// link still works. A piece that renews itself has an id and `data-live`; the server sends whole pages, we swap pieces.
"use strict";

window.desk = (() => {
  const body = document.body;
  const policy = window.trustedTypes ? trustedTypes.createPolicy("desk", { createHTML: (html) => html }) : null;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  function parse(html) {
    return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  }

  function toast(words, bad = false) {
    const line = document.createElement("p");
    line.textContent = words;
    line.className = bad ? "bad" : "";
    $("#toast").append(line);
    setTimeout(() => line.remove(), bad ? 9000 : 4000);
  }

  // Somebody is writing in it.
  function isBusy(piece) {
    return piece.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  }

  // Swap every live piece of this page for the same piece of a fresh one; what somebody is writing in stays.
  // A frame with data-whole comes and goes as a whole, as the boxes for writing do when a ticket ends or opens again.
  function swap(fresh, own) {
    for (const frame of $$("[data-whole]")) {
      const next = fresh.getElementById(frame.id);
      const comesOrGoes = next && Boolean(next.childElementCount) !== Boolean(frame.childElementCount);
      if (comesOrGoes && (own || !isBusy(frame))) frame.replaceWith(next);
    }
    for (const piece of $$("[data-live]")) {
      const next = fresh.getElementById(piece.id);
      if (!next) continue;
      if ((isBusy(piece) || $("dialog[open]", piece)) && !own) continue;
      if (piece.isEqualNode(next)) continue;
      const focused = piece.contains(document.activeElement) ? document.activeElement.id : "";
      const opened = new Set($$("details[open][id]", piece).map((one) => one.id));
      const stays = piece.scrollTop;
      piece.replaceWith(next);
      next.scrollTop = stays;
      for (const one of $$("details[id]", next)) if (opened.has(one.id)) one.open = true;
      if (focused) document.getElementById(focused)?.focus();
    }
    document.dispatchEvent(new CustomEvent("desk:swapped"));
  }

  async function fetchPage(path, options = {}) {
    const response = await fetch(path, { ...options, headers: { "x-part": "1", ...options.headers }, credentials: "same-origin" });
    if (response.status === 401) location.assign("/desk/login");
    return response;
  }

  let renewing = null;
  // Fetch this page again and swap its live pieces; calls that come meanwhile share one more fetch.
  function renew() {
    renewing ??= new Promise((done) => setTimeout(done, 40)).then(async () => {
      renewing = null;
      const response = await fetchPage(location.pathname + location.search);
      const fresh = response.ok ? parse(await response.text()) : null;
      if (fresh) swap(fresh, false);
      return fresh;
    });
    return renewing;
  }

  // A form with data-act is sent in the background: what went wrong is said beside it, and nothing typed is lost.
  async function send(form, submitter) {
    const data = new URLSearchParams(new FormData(form, submitter));
    const buttons = $$("button", form).filter((button) => !button.disabled);
    for (const button of buttons) button.disabled = true;
    try {
      const response = await fetchPage(submitter?.getAttribute("formaction") || form.getAttribute("action"), { method: "POST", body: data });
      const fresh = parse(await response.text());
      if (!response.ok) {
        toast(fresh.getElementById("problem")?.textContent || "没有办成，请刷新后再试", true);
        if (response.status === 409) takeVersion(form, await renew());
        return;
      }
      if (form.dataset.act === "go") { location.assign(response.url); return; }
      form.closest("dialog")?.close();
      if (!("keep" in form.dataset)) form.reset();
      document.dispatchEvent(new CustomEvent("desk:sent", { detail: { form } }));
      if (new URL(response.url).pathname === location.pathname) swap(fresh, true); else await renew();
      if (form.dataset.said) toast(form.dataset.said);
    } catch (error) {
      toast("网络断了，内容还在，请再发一次", true);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  // He has been told that the ticket changed and sees it as it is now: what he typed may be sent again.
  function takeVersion(form, fresh) {
    const held = $("input[name=version]", form);
    const now = fresh && $("input[name=version]", fresh);
    if (held && now) held.value = now.value;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || !("act" in form.dataset)) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) { event.preventDefault(); open(opener.dataset.opens); }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-prints]")) window.print();
  });

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    $("[autofocus], textarea, select, input:not([type=hidden])", dialog)?.focus();
  }

  // Keys: an element with data-key is pressed (or focused, when it is a field) by that key, outside of fields.
  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches?.("input, textarea, select");
    if (event.key === "Escape" && writes) { event.target.blur(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && writes) {
      event.target.form?.requestSubmit();
      event.preventDefault();
      return;
    }
    if (writes || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (event.key === "?") { open("keys"); event.preventDefault(); return; }
    if ((event.key === "j" || event.key === "k") && step(event.key === "j" ? 1 : -1)) { event.preventDefault(); return; }
    const target = $$("[data-key]").find((one) => one.dataset.key === event.key && one.offsetParent !== null)
      || $$(`[data-key="${CSS.escape(event.key)}"]`)[0];
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) { target.focus(); target.scrollIntoView({ block: "nearest" }); } else target.click();
  });

  // j and k walk through whatever list the page has; the chosen line holds the focus, so Enter opens it.
  function step(by) {
    const lines = $$("[data-line]").filter((line) => line.offsetParent !== null);
    if (!lines.length) return false;
    const at = lines.findIndex((line) => line.contains(document.activeElement) || line === document.activeElement);
    const next = lines[Math.min(lines.length - 1, Math.max(0, at + by))];
    const target = next.matches("a, button") ? next : $("a", next) || next;
    target.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  return { $, $$, parse, toast, swap, renew, fetchPage, open, token: body.dataset.formToken };
})();
