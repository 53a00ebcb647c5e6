// What the pages do beyond plain forms: a live list, a countdown, keys for those who switch them on.
// Everything but passkeys works without it. It decides nothing, and presses no button by itself.
'use strict';
(() => {
  const SECOND = 1000;
  const SOON = 120; // seconds
  const LOOK_ANYWAY = 30 * SECOND;
  const KEYS = 'keyward-keys';
  const SIGNS = 'keyward-signs';

  const requests = () => document.getElementById('requests');

  // A list that changes under a reader's hands is worse than one that is late: then only say so.
  const changed = () => {
    const list = requests();
    if (!list || document.hidden) return;
    if (list.contains(document.activeElement) || list.querySelector('input:checked')) {
      list.querySelector('[data-news]').hidden = false;
    } else {
      refresh();
    }
  };

  // What changes while a list is being fetched is fetched after it: its element stays, and queues.
  const refresh = () => requests()?.dispatchEvent(new CustomEvent('refresh'));

  const left = (seconds) => {
    const [d, h, m, s] = [seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(Math.floor);
    if (d > 0) return `${d} d ${h} h`;
    if (h > 0) return `${h} h ${m} min`;
    return m > 0 ? `${m} min ${s} s` : `${s} s`;
  };

  const tick = () => {
    for (const until of document.querySelectorAll('[data-until]')) {
      const seconds = Math.max(0, Math.ceil((Date.parse(until.dataset.until) - Date.now()) / SECOND));
      until.textContent = left(seconds);
      const bar = until.closest('.clock')?.querySelector('progress');
      if (bar) bar.value = seconds;
      const ending = until.closest('.decide')?.querySelector('[data-ending]');
      if (ending && seconds > 0 && seconds < SOON && !ending.textContent) ending.textContent = 'Less than two minutes are left.';
    }
  };

  // One letter each, off until switched on; they move the focus and press nothing.
  const move = (step) => {
    const links = [...document.querySelectorAll('.card h4 a')];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  };
  const focus = (selector) => document.querySelector(selector)?.focus();
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    u: () => focus('.back'),
    r: () => focus('#reason'),
    d: () => focus('button[value=deny]'),
    a: () => focus('button[value=approve]'),
  };
  const keysOn = () => localStorage.getItem(KEYS) === 'on';

  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !keysOn()) return;
    const action = keys[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });

  const keySwitch = document.querySelector('[data-keys]');
  if (keySwitch) {
    const show = () => keySwitch.setAttribute('aria-pressed', String(keysOn()));
    keySwitch.addEventListener('click', () => {
      localStorage.setItem(KEYS, keysOn() ? 'off' : 'on');
      show();
    });
    show();
    keySwitch.closest('[hidden]').hidden = false;
  }

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-news]')) {
      event.target.blur();
      requests().querySelectorAll('input:checked').forEach((input) => { input.checked = false; });
      refresh();
    }
  });

  // A passkey is made, or signs what the page shows or asks for, before its form is sent; if not,
  // nothing is.
  const passkey = async ({make, sign, ask}) => {
    const credentials = navigator.credentials;
    const {publicKey} = ask ? await (await fetch(ask, {method: 'POST'})).json() : JSON.parse(make ?? sign);
    return make
      ? credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey)})
      : credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey)});
  };

  document.addEventListener('submit', async (event) => {
    const [form, button] = [event.target, event.submitter];
    const signature = form.elements.signature;
    const {make, sign, ask} = button?.dataset ?? {};
    if (!(make || sign || ask) || signature.value) return;
    event.preventDefault();
    try {
      signature.value = JSON.stringify((await passkey(button.dataset)).toJSON());
      form.requestSubmit(button);
    } catch {
      form.querySelector('[data-problem]').hidden = false;
    }
  });

  // What comes to wait is said by the browser too, for those who have switched that on: in the title,
  // and while they look elsewhere as one notification, which the next one takes the place of.
  const signs = document.querySelector('[data-signs]');
  const signsOn = () => localStorage.getItem(SIGNS) === 'on' && window.Notification?.permission === 'granted';
  const known = new Set();
  let unread = [];
  let looking = Promise.resolve();
  const atIt = () => !document.hidden && document.hasFocus();

  const notify = () => {
    const [newest, more] = [unread[0], unread.length - 1];
    const title = unread.length === 1 ? 'A request waits for you' : `${unread.length} requests wait for you`;
    const body = more > 0 ? `${newest.title}, and ${more} more` : newest.title;
    const sign = new Notification(title, {body, tag: 'keyward', icon: '/static/keyward.svg'});
    sign.addEventListener('click', () => {
      window.focus();
      location.assign(more > 0 ? '/approvals' : `/approvals/${newest.approval}`);
    });
  };

  const look = async (first) => {
    const answer = await fetch('/news', {headers: {'Keyward-Refresh': '1'}});
    if (!answer.ok) return;
    const {waiting, newest} = await answer.json();
    const fresh = newest.filter(({approval}) => !known.has(approval));
    fresh.forEach(({approval}) => known.add(approval));
    document.title = (waiting ? `(${waiting}) ` : '') + document.title.replace(/^\(\d+\) /, '');
    const open = new Set(newest.map(({approval}) => approval));
    unread = first || atIt() ? [] : [...fresh, ...unread.filter(({approval}) => open.has(approval))];
    if (fresh.length && unread.length) notify();
  };

  // One after another, so that nothing is said twice.
  const news = (first = false) => {
    if (signs && signsOn()) looking = looking.then(() => look(first)).catch(() => {});
  };

  if (signs && 'Notification' in window) {
    const button = signs.querySelector('button');
    const show = () => button.setAttribute('aria-pressed', String(signsOn()));
    button.addEventListener('click', async () => {
      const on = !signsOn();
      if (on) await Notification.requestPermission();
      localStorage.setItem(SIGNS, on ? 'on' : 'off');
      signs.querySelector('[data-problem]').hidden = !on || signsOn();
      show();
      news(true);
    });
    show();
    signs.hidden = false;
    news(true);
  }

  if (requests()) {
    const seen = requests().dataset.changes;
    const live = new EventSource(`/live?seen=${seen}`);
    for (const heard of [changed, () => news()]) {
      live.addEventListener('changed', heard);
      setInterval(heard, LOOK_ANYWAY);
      document.addEventListener('visibilitychange', heard);
    }
  }
  if (document.querySelector('[data-until]')) tick();
  setInterval(tick, SECOND);
})();
