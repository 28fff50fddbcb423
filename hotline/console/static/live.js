// What happens elsewhere reaches this page: one stream, counts, rows, an alarm that is heard with the tab in the back.
"use strict";

(() => {
  const { $, $$, parse, toast, swap, renew } = window.desk;
  const live = $("#live");
  if (!document.body.dataset.stream || !live) return;
  const title = document.title;
  let unread = 0;
  let alarms = $$("#alarms [data-alarm]").map((one) => Number(one.dataset.alarm));
  let sound = null;
  let source = null;

  function state(name, words) {
    live.dataset.state = name;
    if (words) $(".off", live).textContent = words;
  }

  function badge() {
    document.title = (alarms.length ? `【${alarms.length}件没人应】` : "") + (unread ? `(${unread}) ` : "") + title;
  }

  // Browsers let a page sound only after somebody touched it: the first touch opens the loudspeaker.
  function openSound() {
    sound ??= new AudioContext();
    if (sound.state === "suspended") sound.resume();
  }
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, openSound, { passive: true });

  let ringing = [];
  // The whole alarm is handed to the audio clock at once, so that a tab in the back rings on time.
  function ring(times, pitch) {
    if (!sound || sound.state !== "running") return;
    silence();
    for (let i = 0; i < times; i += 1) {
      const at = sound.currentTime + i * 0.9;
      for (const [step, factor] of [[0, 1], [0.22, 1.26]]) {
        const tone = new OscillatorNode(sound, { frequency: pitch * factor, type: "triangle" });
        const loud = new GainNode(sound, { gain: 0 });
        loud.gain.setValueAtTime(0, at + step);
        loud.gain.linearRampToValueAtTime(0.35, at + step + 0.02);
        loud.gain.exponentialRampToValueAtTime(0.001, at + step + 0.2);
        tone.connect(loud).connect(sound.destination);
        tone.start(at + step);
        tone.stop(at + step + 0.21);
        ringing.push(tone);
      }
    }
    document.body.dataset.rang = String(Number(document.body.dataset.rang || 0) + 1);
  }

  function silence() {
    for (const tone of ringing) tone.stop();
    ringing = [];
  }
  window.addEventListener("focus", () => { silence(); unread = 0; badge(); });

  function notify(words, tag = "desk") {
    if (window.Notification?.permission === "granted" && document.hidden) new Notification("工友热线台", { body: words, tag });
  }

  // An alarm of my desks: named on every page, in the title and by the browser, and rung again and again until somebody
  // says that he has it; softly to who is looking at the page and must be able to speak.
  function showAlarms(now) {
    const fresh = now.filter((one) => !alarms.includes(one.id));
    alarms = now.map((one) => one.id);
    for (const one of fresh) { toast(one.words, true); notify(one.words, `alarm-${one.id}`); }
    if (!alarms.length) silence(); else if (fresh.length) ringOn();
    badge();
    renew();
  }

  function ringOn() {
    if (alarms.length) ring(document.hidden || !document.hasFocus() ? 20 : 2, 880);
  }
  setInterval(ringOn, 20000);
  badge();

  function alarm(event) {
    if (!event.alarm) return;
    if (document.hidden || !document.hasFocus()) { unread += 1; badge(); }
    ring(event.alarm === "loud" ? 40 : 1, event.alarm === "loud" ? 880 : 620);
    if (event.words) { toast(event.words, event.alarm === "loud"); notify(event.words); }
  }

  function showCounts(counts) {
    for (const entry of $$("[data-counts]")) {
      const count = counts[entry.dataset.counts] ?? 0;
      entry.dataset.count = String(count);
      entry.textContent = count ? String(count) : "";
      entry.classList.toggle("hot", Boolean(count) && ["overdue", "alerts", "alarms"].includes(entry.dataset.counts));
    }
  }

  // A changed ticket: its line is replaced where it stands; a new one comes on top, unless filters hide what fits.
  function showRow(event) {
    const list = $("#rows");
    if (!list || !event.row) return;
    const known = document.getElementById(`ticket-${event.ticket}`);
    const fits = event.views.includes(list.dataset.view);
    if (!known && (!fits || "filtered" in list.dataset)) {
      if (fits) $("#fresh-news")?.removeAttribute("hidden");
      return;
    }
    const fresh = parse(`<table><tbody>${event.row}</tbody></table>`).querySelector("tr");
    fresh.classList.add("fresh");
    if (!fits) fresh.classList.add("left");
    const hadFocus = known?.contains(document.activeElement);
    if (known) known.replaceWith(fresh); else list.prepend(fresh);
    if (hadFocus) $("a", fresh)?.focus();
    $("#nothing")?.remove();
  }

  function connect() {
    const after = document.body.dataset.seq;
    const path = document.body.dataset.stream;
    source = new EventSource(`${path}${path.includes("?") ? "&" : "?"}after=${after}`);
    source.onopen = () => state("on");
    source.onerror = () => {
      state("off", "连接断了，正在重连…");
      if (source.readyState === EventSource.CLOSED) setTimeout(check, 3000);
    };
    source.addEventListener("ticket", (message) => {
      const event = JSON.parse(message.data);
      document.body.dataset.seq = message.lastEventId;
      showRow(event);
      alarm(event);
      document.dispatchEvent(new CustomEvent("desk:ticket", { detail: event }));
      if (document.body.dataset.ticket === String(event.ticket) || $("[data-renews]")) renew();
    });
    source.addEventListener("counts", (message) => showCounts(JSON.parse(message.data)));
    source.addEventListener("alarms", (message) => showAlarms(JSON.parse(message.data)));
    source.addEventListener("typing", (message) => document.dispatchEvent(new CustomEvent("desk:typing", { detail: JSON.parse(message.data) })));
    source.addEventListener("again", (message) => { document.body.dataset.seq = message.lastEventId; renew(); });
    source.addEventListener("replaced", () => { source.close(); state("off", "别的页面开得太多，这一页停止了自动更新；刷新恢复"); });
    source.addEventListener("ended", () => { source.close(); location.assign("/desk/login"); });
  }

  // The stream was refused: either the session is over (then the login page comes) or the server is restarting.
  async function check() {
    try {
      await window.desk.fetchPage("/desk/account");
      connect();
    } catch (error) {
      setTimeout(check, 3000);
    }
  }

  $("#permit")?.addEventListener("click", async () => {
    openSound();
    ring(1, 620);
    const answer = window.Notification ? await Notification.requestPermission() : "denied";
    toast(answer === "granted" ? "提醒已开：有新消息会响，也会弹出通知" : "声音已开；浏览器没有允许弹出通知");
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) { connect(); renew(); } });
  connect();
})();
