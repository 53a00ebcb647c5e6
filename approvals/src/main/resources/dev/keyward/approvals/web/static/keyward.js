// What the pages do beyond plain forms: a live list, a countdown, keys for those who switch them on.
// Everything but passkeys works without it. It decides nothing, and presses no button by itself.
'use strict';
(() => {
  const SECOND = 1000;
  const LOOK_ANYWAY = 30 * SECOND;
  const KEYS = 'keyward-keys';

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

  if (requests()) {
    const seen = requests().dataset.changes;
    new EventSource(`/live?seen=${seen}`).addEventListener('changed', changed);
    setInterval(changed, LOOK_ANYWAY);
    document.addEventListener('visibilitychange', changed);
  }
  if (document.querySelector('[data-until]')) tick();
  setInterval(tick, SECOND);
})();
