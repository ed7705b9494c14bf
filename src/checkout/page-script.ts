/**
 * The one script of the payer's page; the page is whole without it. It asks for the status with growing pauses,
 * and when something changed it takes the page's new main part from the server, so that there is one renderer
 * only. Text from outside is never parsed as code: the answer goes through DOMParser, which runs no scripts.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
(function () {
  var PAUSES = [3, 5, 10, 20, 30, 60];
  var OVER = ['paid', 'cancelled', 'failed'];
  var live = document.getElementById('live');
  var main = document.querySelector('main');
  var step = 0, timer = 0, skew = 0, asking = false, cutOff = false, leaving = 0;
  var STAY_SECONDS = 10;

  function say(text) { live.textContent = ''; live.textContent = text; }
  function now() { return Date.now() + skew; }
  function all(selector) { return Array.prototype.slice.call(main.querySelectorAll(selector)); }

  function adopt() {
    // The server's clock counts: a payer's own may be minutes off.
    skew = Date.parse(main.dataset.now) - Date.now();
    all('time[datetime]').forEach(function (time) {
      var instant = new Date(time.dateTime);
      time.title = time.dateTime;
      time.textContent = instant.toLocaleString(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
    });
    // What needs this script is hidden without it.
    all('[hidden]').forEach(function (part) { part.hidden = false; });
    count();
  }

  function count() {
    var place = main.querySelector('.countdown');
    if (!place) return;
    var left = Math.floor((Date.parse(place.dataset.until) - now()) / 1000);
    if (left < 0) { place.textContent = ''; place.className = ''; ask(); return; }
    var days = Math.floor(left / 86400), hours = Math.floor(left / 3600) % 24, minutes = Math.floor(left / 60) % 60, seconds = left % 60;
    var two = function (number) { return (number < 10 ? '0' : '') + number; };
    place.textContent = days > 0 ? days + (days === 1 ? ' day ' : ' days ') + hours + ' h left' : (hours > 0 ? hours + ':' + two(minutes) : minutes) + ':' + two(seconds) + ' left';
  }

  function plan() {
    clearTimeout(timer);
    // A page of a link has nothing to ask for but itself.
    if (!main.dataset.status) return;
    if (OVER.indexOf(main.dataset.state) >= 0 || document.hidden) return;
    timer = setTimeout(ask, PAUSES[Math.min(step, PAUSES.length - 1)] * 1000);
    step += 1;
  }

  function ask() {
    if (asking) return Promise.resolve();
    if (!main.dataset.status) { location.replace(location.pathname); return Promise.resolve(); }
    asking = true;
    clearTimeout(timer);
    return fetch(main.dataset.status, { cache: 'no-cache', credentials: 'same-origin' })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (status) {
        if (cutOff) say('Connected again');
        cutOff = false;
        if (status.state !== main.dataset.state || status.owed !== main.dataset.owed) return renew();
      })
      .catch(function () {
        // Offline or too many requests: the next round asks again.
        if (!cutOff) say('The status cannot be checked right now; trying again');
        cutOff = true;
      })
      .then(function () { asking = false; plan(); });
  }

  function renew() {
    return fetch(location.pathname, { cache: 'no-store', credentials: 'same-origin' })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, 'text/html');
        var next = page.querySelector('main');
        if (!next) throw new Error('no main part');
        var hadFocus = main.contains(document.activeElement);
        next = document.importNode(next, true);
        main.replaceWith(next);
        main = next;
        document.title = page.title;
        step = 0;
        adopt();
        var state = main.querySelector('.state strong');
        say(state ? state.textContent : page.title);
        if (hadFocus) main.querySelector('h1').focus();
        leave();
      });
  }

  // Only who saw it happen is taken along; who opens the page later has come to read it.
  function leave() {
    var link = main.querySelector('a.return');
    clearInterval(leaving);
    if (!link || !/^https?:$/.test(link.protocol)) return;
    var end = Date.now() + STAY_SECONDS * 1000;
    var note = document.createElement('p'), stay = document.createElement('button');
    note.className = 'hint';
    stay.type = 'button';
    stay.className = 'copy stay';
    stay.textContent = 'Stay on this page';
    link.parentNode.append(note, stay);
    var tick = function () {
      var left = Math.ceil((end - Date.now()) / 1000);
      note.textContent = 'Opens by itself in ' + Math.max(left, 0) + ' s';
      if (left > 0) return;
      clearInterval(leaving);
      location.assign(link.href);
    };
    stay.addEventListener('click', function () {
      clearInterval(leaving);
      note.remove();
      stay.remove();
      link.focus();
      say('You stay on this page');
    });
    leaving = setInterval(tick, 1000);
    tick();
    say(live.textContent + '. ' + link.textContent + ' in ' + STAY_SECONDS + ' seconds');
  }

  function fill(link) {
    var field = document.getElementById('amount');
    field.value = link.dataset.fill;
    all('.presets a').forEach(function (each) { each.removeAttribute('aria-current'); });
    link.setAttribute('aria-current', 'true');
    say('Amount set to ' + link.textContent);
  }

  function copy(button) {
    var source = document.getElementById(button.dataset.copy);
    var text = source.textContent;
    var done = function () {
      say(button.dataset.name + ' copied');
      button.textContent = 'Copied';
      setTimeout(function () { button.textContent = 'Copy'; }, 2000);
    };
    var byHand = function () {
      var range = document.createRange(), selection = getSelection();
      range.selectNodeContents(source);
      selection.removeAllRanges();
      selection.addRange(range);
      if (document.execCommand('copy')) done();
      else say(button.dataset.name + ' selected, copy it with the keyboard');
    };
    // The clipboard exists on secure origins only.
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  }

  function payForTest(button) {
    var fault = button.closest('section').querySelector('.fault'), label = button.textContent;
    // Not "disabled": that would take the keyboard's focus away.
    if (button.getAttribute('aria-disabled') === 'true') return;
    fault.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Paying\u2026';
    say('Paying with a test wallet');
    fetch(button.dataset.action, { method: 'POST', credentials: 'same-origin' })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) {
        if (answer.error) throw new Error(answer.error);
        return ask();
      })
      .catch(function (error) { fault.textContent = error.message; })
      .then(function () { button.removeAttribute('aria-disabled'); button.textContent = label; });
  }

  document.addEventListener('click', function (event) {
    var target = event.target.closest('button, a');
    if (!target) return;
    if (target.matches('[data-copy]')) copy(target);
    else if (target.matches('[data-action]')) payForTest(target);
    else if (target.matches('[data-fill]')) { event.preventDefault(); fill(target); }
    else if (target.matches('.again')) {
      event.preventDefault();
      var before = main;
      ask().then(function () { if (main === before) say('No change yet'); });
    }
    step = 0;
    plan();
  });
  document.addEventListener('submit', function (event) {
    var button = event.target.querySelector('[type=submit]');
    if (button.getAttribute('aria-disabled') === 'true') { event.preventDefault(); return; }
    button.setAttribute('aria-disabled', 'true');
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
    say(button.dataset.busy);
  });
  // Back from the next page, out of the browser's memory.
  window.addEventListener('pageshow', function (event) {
    var button = event.persisted && main.querySelector('[type=submit][aria-disabled]');
    if (!button) return;
    button.removeAttribute('aria-disabled');
    button.textContent = button.dataset.label;
  });
  document.addEventListener('visibilitychange', function () {
    step = 0;
    if (document.hidden) clearTimeout(timer);
    else if (main.dataset.status && OVER.indexOf(main.dataset.state) < 0) ask();
  });
  window.addEventListener('online', function () { step = 0; plan(); });

  adopt();
  plan();
  setInterval(count, 1000);
})();
`.trim();
