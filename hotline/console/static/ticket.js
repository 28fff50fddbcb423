// One ticket: the thread stays at its end, drafts are kept, the channel's limits are counted, answers are inserted.
"use strict";

(() => {
  const { $, $$, parse, fetchPage, toast, token } = window.desk;
  const root = $("[data-ticket]");
  const ticket = root.dataset.ticket;
  document.body.dataset.ticket = ticket;

  function toEnd() {
    const thread = $("#thread");
    if (thread) thread.scrollTop = thread.scrollHeight;
  }
  toEnd();
  let count = $$("#thread > li").length;
  document.addEventListener("desk:swapped", () => {
    const now = $$("#thread > li").length;
    if (now !== count) toEnd();
    count = now;
    hideEvents();
    measure();
  });

  function hideEvents() {
    $("#thread")?.classList.toggle("only-talk", $("#only-talk").checked);
  }
  $("#only-talk").addEventListener("change", hideEvents);

  // How long the reply is, in what its channel counts. The GSM alphabet has no Chinese; 70 and 67 are UCS-2.
  const gsm = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
  function parts(text) {
    const short = gsm.test(text);
    const units = short ? text.length + (text.match(/[\^{}\\[~\]|€]/g) || []).length : text.length;
    const [whole, joined] = short ? [160, 153] : [70, 67];
    return units <= whole ? 1 : Math.ceil(units / joined);
  }

  function measure() {
    const field = $("#reply");
    const limits = $("#limits");
    const meter = $("#meter");
    if (!field || !limits) return;
    const text = field.value.trim();
    const { unit, each, most, left } = limits.dataset;
    let words = "";
    let over = false;
    if (text && unit === "bytes") {
      const bytes = new TextEncoder().encode(text).length;
      const messages = Math.ceil(bytes / Number(each));
      words = `${bytes}/${each} 字节，${messages} 条`;
      over = left !== "" && messages > Number(left);
    } else if (text && unit === "parts") {
      const used = parts(text);
      words = `${[...text].length} 字，${used} 条短信`;
      over = used > Number(most);
    } else if (text && unit === "characters") {
      words = `${[...text].length}/${each} 字`;
      over = [...text].length > Number(each);
    } else if (text) {
      words = `${[...text].length} 字`;
    }
    meter.textContent = over ? `${words}：超了` : words;
    meter.classList.toggle("over", over);
  }

  const waiting = new Map();
  function keep(field) {
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => {
      waiting.delete(field);
      const data = new URLSearchParams({ form_token: token, kind: field.dataset.draft, text: field.value });
      fetchPage(`/desk/tickets/${ticket}/draft`, { method: "POST", body: data }).catch(() => {});
    }, 900));
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-draft]")) { measure(); keep(event.target); }
  });
  document.addEventListener("desk:sent", (event) => {
    for (const field of $$("[data-draft]", event.detail.form)) { clearTimeout(waiting.get(field)); waiting.delete(field); }
    measure();
  });

  function insert(text) {
    const field = $("#reply") || $("#note");
    if (!field) { toast("这张工单现在不能写回复", true); return; }
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const gap = from && !field.value.slice(0, from).endsWith("\n") ? "\n" : "";
    field.setRangeText(gap + text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id !== "canned") return;
    if (event.target.value) insert(event.target.value);
    event.target.value = "";
  });

  document.addEventListener("click", (event) => {
    const inserting = event.target.closest("[data-insert]");
    if (inserting) insert(inserting.dataset.insert);
    const opener = event.target.closest("[data-opens]");
    if (opener?.dataset.field) $("#reveal-field").value = opener.dataset.field;
    if (opener?.dataset.number) $("#join-number").value = opener.dataset.number;
    const beside = event.target.closest("[data-beside]");
    if (beside) { event.preventDefault(); load(beside.href); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "m" && !event.target.matches("input, textarea, select")) $("#noting")?.setAttribute("open", "");
  }, true);

  // What the policy base suggests, and sums, come beside the ticket after it is shown.
  async function load(path, options) {
    const place = $("#suggestions");
    try {
      const response = await fetchPage(path, options);
      const fresh = parse(await response.text()).getElementById("suggestions");
      if (!fresh) throw new Error(String(response.status));
      place.replaceWith(fresh);
    } catch (error) {
      $("p", place).textContent = "没有取到，刷新再试。";
    }
  }
  const suggested = $("#suggestions").dataset.from;
  load(suggested);
  // The bot is silent while a person speaks, and goes on suggesting: each word of the worker is looked up.
  document.addEventListener("desk:ticket", (event) => {
    const busy = $("#suggestions").contains(document.activeElement) || $("#suggestions details[open]") || $("#summing");
    if (String(event.detail.ticket) === ticket && event.detail.kind === "message_in" && !busy) load(suggested);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id === "asking") {
      event.preventDefault();
      load(`/desk/tickets/${ticket}/suggestions?${new URLSearchParams(new FormData(form))}`);
    } else if (form.id === "summing") {
      event.preventDefault();
      load(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
    } else if (form.id === "revealing") {
      event.preventDefault();
      const response = await fetchPage(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const fresh = parse(await response.text());
      const clear = $("#clear");
      clear.textContent = (fresh.querySelector("#revealed .clear") || fresh.getElementById("problem"))?.textContent.trim() || "";
      setTimeout(() => { clear.textContent = ""; }, 30000);
    }
  });

  document.addEventListener("desk:typing", (event) => {
    const sign = $("#typing");
    if (!sign) return;
    sign.hidden = !event.detail.length;
    sign.textContent = `${event.detail.join("、")} 也在写回复`;
  });
  measure();
})();
