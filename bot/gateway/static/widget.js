/* The chat on another page: <script src="https://HOST/widget.js" async></script>. It touches nothing of that page but
   its own button and frame, and believes only messages that come from that frame and from our own address. */
(function () {
  'use strict';
  var script = document.currentScript;
  if (!script) { return; }
  var home = new URL(script.src).origin, frame = null;

  var button = document.createElement('button');
  button.type = 'button';
  button.textContent = script.getAttribute('data-title') || '劳动问题，问工友';
  button.setAttribute('aria-expanded', 'false');
  style(button, 'position:fixed;right:16px;bottom:16px;z-index:2147483000;padding:10px 16px;min-height:44px;border:0;' +
    'border-radius:22px;background:#14532d;color:#fff;font:16px/1.4 sans-serif;cursor:pointer');

  function style(element, rules) {
    rules.split(';').forEach(function (rule) {
      var place = rule.indexOf(':');
      element.style.setProperty(rule.slice(0, place), rule.slice(place + 1));
    });
  }

  function open() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = '工友小助手';
      frame.src = home + '/widget';
      frame.setAttribute('allow', '');
      style(frame, 'position:fixed;right:16px;bottom:72px;z-index:2147483000;border:1px solid #767680;border-radius:10px;' +
        'background:#fff;width:min(400px,calc(100vw - 32px));height:min(600px,calc(100vh - 96px))');
      document.body.appendChild(frame);
    }
    frame.hidden = !frame.hidden && button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!frame.hidden));
  }

  /* The page may put words into the field; the worker sends them or not. */
  window.gongyou = {
    ask: function (text) {
      if (!frame || frame.hidden) { open(); }
      frame.contentWindow.postMessage({gongyou: 'ask', text: String(text).slice(0, 200)}, home);
    }
  };

  window.addEventListener('message', function (event) {
    if (event.origin !== home || !frame || event.source !== frame.contentWindow || !event.data) { return; }
    if (event.data.gongyou === 'leave') {
      frame.parentNode.removeChild(frame);
      frame = null;
      button.setAttribute('aria-expanded', 'false');
    }
  });
  button.onclick = open;
  document.body.appendChild(button);
})();
