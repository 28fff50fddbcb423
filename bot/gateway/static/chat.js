/* The chat page. Plain script for old built-in browsers (Chromium 80): no modules, no framework.
   Every message has an id of ours, so sending it again after a broken connection has one effect;
   answers carry a seq, so reconnecting neither loses nor doubles one. */
(function () {
  'use strict';
  var talk = document.getElementById('talk'), state = document.getElementById('state');
  var form = document.getElementById('say'), field = document.getElementById('text');
  var session = load('session'), last = 0, stream = null, polling = false, waiting = [], sending = null, quiet = null;
  var firstUnread = null;
  var who = {bot: '小助手', operator: '工会同事', system: '通知'};

  /* In the frame of another page: whom we show ourselves to, and whose words we hear. */
  var origins = (document.documentElement.getAttribute('data-origins') || '').split(' ').filter(Boolean);
  window.addEventListener('message', function (event) {
    if (event.source !== window.parent || origins.indexOf(event.origin) < 0 || !event.data) { return; }
    if (event.data.gongyou === 'ask' && typeof event.data.text === 'string') {
      field.value = event.data.text.slice(0, 200);
      field.focus();
    }
  });

  function load(key) { try { return sessionStorage.getItem('gongyou.' + key); } catch (e) { return null; } }
  function save(key, value) { try { sessionStorage.setItem('gongyou.' + key, value); } catch (e) { /* private mode */ } }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function showMine(text) {
    talk.appendChild(element('li', 'mine', text)).scrollIntoView({block: 'end'});
  }

  function show(message) {
    if (message.seq <= last) { return; }
    last = message.seq;
    var item = element('li', message.from + ' ' + message.kind);
    item.appendChild(element('span', 'who', who[message.from] || '小助手'));
    item.appendChild(document.createTextNode(message.text));
    if (message.citations && message.citations.length) {
      var laws = message.citations.map(function (c) {
        return '《' + c.law + '》' + (c.article ? '第' + c.article + '条' : '') + (c.paragraph ? '第' + c.paragraph + '款' : '');
      });
      item.appendChild(element('p', 'law', '依据：' + laws.join('、')));
    }
    if (message.buttons && message.buttons.length) { item.appendChild(choices(message.buttons)); }
    reveal(talk.appendChild(item));
    if (message.done) { clearTimeout(quiet); state.textContent = ''; firstUnread = null; }
  }

  /* A long answer in several parts is read from its beginning: what comes after must not push that off the screen. */
  function reveal(item) {
    firstUnread = firstUnread || item;
    var height = item.getBoundingClientRect().bottom - firstUnread.getBoundingClientRect().top;
    if (height > window.innerHeight / 2) { firstUnread.scrollIntoView({block: 'start'}); }
    else { item.scrollIntoView({block: 'nearest'}); }
  }

  function choices(buttons) {
    var box = element('div', 'choices');
    buttons.forEach(function (button) {
      var made = element('button', '', button.title);
      made.type = 'button';
      made.onclick = function () { say(button.title, button.payload); };
      box.appendChild(made);
    });
    return box;
  }

  function randomId() {
    var bytes = new Uint8Array(12);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ('0' + b.toString(16)).slice(-2); }).join('');
  }

  function say(text, payload) {
    showMine(text);
    waiting.push({text: text, payload: payload || undefined, id: randomId()});
    post();
  }

  function post() {
    if (sending || !waiting.length) { return; }
    var message = waiting[0];
    if (session) { message.session = session; }
    state.textContent = '正在发送…';
    var request = sending = new XMLHttpRequest();
    request.open('POST', '/api/chat/messages');
    request.setRequestHeader('content-type', 'application/json');
    request.timeout = 20000;
    request.onload = function () { sending = null; answered(request, message); };
    request.onerror = request.ontimeout = function () { sending = null; again(3000, '网络不通，正在重试…'); };
    request.send(JSON.stringify(message));
  }

  function answered(request, message) {
    var body = {};
    try { body = JSON.parse(request.responseText); } catch (e) { /* a proxy's page: judged by its status below */ }
    if (request.status === 202) {
      waiting.shift();
      if (!session) { session = body.session; save('session', session); listen(); }
      state.textContent = '小助手正在看…';
      clearTimeout(quiet);
      quiet = setTimeout(function () { state.textContent = '还在处理，请稍等。着急请打 12351。'; }, 12000);
      post();
    } else if (request.status === 429 || request.status >= 500) {
      again(1000 * (parseInt(request.getResponseHeader('retry-after'), 10) || 3), '稍等，马上再试…');
    } else if (request.status === 404) {
      session = null; last = 0; delete message.session; save('session', ''); post();
    } else {
      waiting.shift();
      state.textContent = (body.error && body.error.message) || '没有发出去，请换个说法再试。';
    }
  }

  /* A photograph or a recording: his yes first, then the file itself, and what became of it in words. */
  function offer(file) {
    if (!session) { state.textContent = '先说说是什么事，再发照片。'; return; }
    if (file.size > 5 * 1024 * 1024) { state.textContent = '文件太大，一个最多 5 MB。'; return; }
    if (load('files') === 'yes') { upload(file); return; }
    var item = element('li', 'system');
    item.appendChild(element('span', 'who', who.system));
    item.appendChild(document.createTextNode(
      '“' + file.name + '”会存下来给办这件事的工会同事当证据，办完按期删；你随时能说“删除我的信息”。同意吗？'));
    var box = element('div', 'choices');
    [['同意，发送', true], ['不发了', false]].forEach(function (choice) {
      var made = element('button', '', choice[0]);
      made.type = 'button';
      made.onclick = function () {
        item.parentNode.removeChild(item);
        if (choice[1]) { save('files', 'yes'); upload(file); }
      };
      box.appendChild(made);
    });
    item.appendChild(box);
    talk.appendChild(item).scrollIntoView({block: 'end'});
  }

  function upload(file) {
    var request = new XMLHttpRequest();
    request.open('POST', '/api/chat/files?consent=yes&session=' + encodeURIComponent(session) +
      '&name=' + encodeURIComponent(file.name.slice(-100)));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.timeout = 120000;
    state.textContent = '正在发送文件…';
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) { state.textContent = '正在发送文件… ' + Math.round(100 * event.loaded / event.total) + '%'; }
    };
    request.onload = function () {
      var body = {};
      try { body = JSON.parse(request.responseText); } catch (e) { /* a proxy's page */ }
      if (request.status === 202) { showMine('〔' + file.name + '〕'); state.textContent = ''; }
      else { state.textContent = (body.error && body.error.message) || '文件没有发出去，请再试一次。'; }
    };
    request.onerror = request.ontimeout = function () { state.textContent = '网络不通，文件没有发出去，请再试一次。'; };
    request.send(file);
  }

  function again(delay, words) { state.textContent = words; setTimeout(post, delay); }

  function listen() {
    if (!session) { return; }
    if (!window.EventSource) { poll(); return; }
    if (stream) { stream.close(); }
    stream = new EventSource('/api/chat/stream?session=' + encodeURIComponent(session) + '&after=' + last);
    var heard = false;
    stream.onmessage = function (event) { heard = true; show(JSON.parse(event.data)); };
    stream.onopen = function () { heard = true; };
    stream.onerror = function () {
      stream.close(); stream = null;
      if (!heard) { poll(); } else { setTimeout(listen, 1500); }
    };
  }

  function poll() {
    if (polling || !session) { return; }
    polling = true;
    var request = new XMLHttpRequest();
    request.open('GET', '/api/chat/messages?wait=20&session=' + encodeURIComponent(session) + '&after=' + last);
    request.timeout = 40000;
    request.onload = function () {
      polling = false;
      if (request.status === 200) { JSON.parse(request.responseText).messages.forEach(show); poll(); }
      else if (request.status !== 404) { setTimeout(poll, 3000); }
    };
    request.onerror = request.ontimeout = function () { polling = false; setTimeout(poll, 3000); };
    request.send();
  }

  function leave() {
    if (sending) { sending.abort(); }  // its answer would write the session down again
    sending = session = null; waiting = [];
    try { sessionStorage.clear(); } catch (e) { /* nothing was kept */ }
    if (stream) { stream.close(); }
    talk.textContent = ''; field.value = '';
    if (origins.length) {
      origins.forEach(function (origin) { window.parent.postMessage({gongyou: 'leave'}, origin); });
      return;
    }
    document.title = '天气';
    location.replace('about:blank');
  }

  form.onsubmit = function (event) {
    event.preventDefault();
    var text = field.value.trim();
    if (text) { field.value = ''; say(text); }
    field.focus();
  };
  field.onkeydown = function (event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.onsubmit(event); }
  };
  document.getElementById('attach').onclick = function () { document.getElementById('file').click(); };
  document.getElementById('file').onchange = function () {
    if (this.files.length) { offer(this.files[0]); }
    this.value = '';
  };
  document.getElementById('leave').onclick = leave;
  document.onkeydown = function (event) { if (event.key === 'Escape') { leave(); } };

  var hello = element('li', 'bot');
  hello.appendChild(element('span', 'who', '小助手'));
  hello.appendChild(document.createTextNode('你好，工资、合同、工伤、社保这些事都可以问我。直接说你遇到的事就行。要找人说话，点“转人工”。'));
  hello.appendChild(choices([
    {title: '工资被拖欠', payload: 'ask:wages'}, {title: '被辞退了', payload: 'ask:termination'},
    {title: '受工伤了', payload: 'ask:injury'}, {title: '社保问题', payload: 'ask:insurance'}, {title: '转人工', payload: 'human'}
  ]));
  talk.appendChild(hello);
  listen();
})();
