// The explorer reads without this. With it, operations can be found by words and
// sent. The token is read from its field when a request is sent, and kept nowhere.
'use strict';

(() => {
  const root = document.documentElement;
  root.classList.add('scripted');
  const theme = (() => { try { return localStorage.getItem('theme') || ''; } catch { return ''; } })();
  if (theme) root.dataset.theme = theme;
})();

document.addEventListener('DOMContentLoaded', () => {
  const byID = (id) => document.getElementById(id);

  const chooseTheme = () => {
    const select = byID('theme');
    select.value = document.documentElement.dataset.theme || '';
    select.addEventListener('change', () => {
      document.documentElement.dataset.theme = select.value;
      try { localStorage.setItem('theme', select.value); } catch { /* it holds for this page */ }
    });
  };

  // Filter: every word must be in what an operation says of itself.
  const filterOperations = () => {
    const field = byID('filter');
    const operations = [...document.querySelectorAll('details.operation')].map((element) => ({
      element,
      link: document.querySelector(`[data-operation="${element.id}"]`),
      words: [element.id, element.querySelector('summary').textContent,
        element.closest('.group').querySelector('h2').textContent].join(' ').toLowerCase(),
    }));
    const apply = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const { element, link, words } of operations) {
        const fits = wanted.every((word) => words.includes(word));
        element.hidden = link.hidden = !fits;
        found += fits ? 1 : 0;
      }
      for (const list of document.querySelectorAll('.side .groups > li, section.group')) {
        const all = [...list.querySelectorAll('[data-operation], details.operation')];
        list.hidden = all.length > 0 && all.every((one) => one.hidden);
      }
      document.querySelector('.side').classList.toggle('filtering', wanted.length > 0);
      byID('found').textContent = found === 1 ? '1 operation' : `${found} operations`;
      byID('nothing-found').hidden = found > 0;
    };
    field.addEventListener('input', apply);
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { field.value = ''; apply(); }
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
      event.preventDefault();
      field.focus();
    });
    apply();
  };

  // What the address names is opened.
  const openNamed = () => {
    const target = byID(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches('details')) {
      target.open = true;
      target.scrollIntoView();
    }
  };

  const newKey = (id) => {
    const bytes = crypto.getRandomValues(new Uint8Array(9));
    return `${id}-${[...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('')}`;
  };

  // What the fields of a form ask for.
  const requestOf = (form) => {
    const request = { method: form.dataset.method, path: form.dataset.path, headers: {}, body: null };
    const query = new URLSearchParams();
    let media = '';
    for (const field of form.querySelectorAll('[data-in]')) {
      const value = field.value.trim();
      switch (field.dataset.in) {
        case 'path':
          request.path = request.path.replace(`{${field.name}}`,
            encodeURIComponent(value).replaceAll('%3A', ':'));
          break;
        case 'query': if (value) query.set(field.name, value); break;
        case 'header': if (value) request.headers[field.name] = value; break;
        case 'body': if (value) request.body = field.value; break;
        case 'media': media = field.value; break;
      }
    }
    if (request.body !== null) request.headers['Content-Type'] = media;
    if (query.size > 0) request.path += `?${query}`;
    return request;
  };

  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  const commandOf = (form) => {
    const request = requestOf(form);
    const lines = ['curl -sS --fail-with-body'];
    if (request.method !== (request.body === null ? 'GET' : 'POST')) lines[0] += ` -X ${request.method}`;
    lines.push('-H "Authorization: Bearer $TOKEN"');
    for (const [name, value] of Object.entries(request.headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
    if (request.body !== null) lines.push(`--data-binary ${quoted(request.body)}`);
    lines.push(quoted(location.origin + request.path));
    return lines.join(' \\\n  ');
  };

  // A field that is needed and empty stops the request; a dry run needs no key.
  const missing = (form) => {
    const dry = form.querySelector('[name="dry_run"]');
    let first = null;
    for (const field of form.querySelectorAll('[data-in][required]')) {
      const spared = field.name === 'Idempotency-Key' && dry && dry.value === 'true';
      const empty = field.value.trim() === '' && !spared;
      field.setAttribute('aria-invalid', String(empty));
      first ||= empty ? field : null;
    }
    return first;
  };

  const show = (form, response, text, took) => {
    const result = form.querySelector('.result');
    const media = response.headers.get('Content-Type') || '';
    let shown = text;
    let problem = null;
    if (/\bjson\b/.test(media)) {
      try {
        const value = JSON.parse(text);
        shown = JSON.stringify(value, null, 2);
        if (media.startsWith('application/problem+json')) problem = value;
      } catch { /* it is shown as it came */ }
    }
    result.querySelector('.status').textContent =
      `${response.status} ${response.statusText} in ${Math.round(took)} ms`;
    result.querySelector('.headers').textContent =
      [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    result.querySelector('.answer').textContent = shown || '(without a body)';
    result.classList.toggle('refused', !response.ok);
    const detail = result.querySelector('.detail');
    detail.replaceChildren();
    detail.hidden = !problem;
    if (problem) {
      detail.append(`${problem.detail} `);
      if (/^[a-z0-9_]+$/.test(problem.code)) {
        const link = document.createElement('a');
        link.href = `/docs/problems/${problem.code}`;
        link.textContent = `About ${problem.code}`;
        detail.append(link);
      }
    }
    result.hidden = false;
    result.querySelector('.status').focus();
  };

  const send = async (form) => {
    const told = form.querySelector('.told');
    const button = form.querySelector('.primary');
    told.textContent = '';
    const field = missing(form);
    if (field) {
      told.textContent = `Fill in ${field.name}; it is needed.`;
      field.focus();
      return;
    }
    const token = byID('token').value.trim();
    if (!token) {
      told.textContent = 'Fill in your token at the top of the page; every request needs one.';
      byID('token').focus();
      return;
    }
    const request = requestOf(form);
    button.disabled = true;
    const start = performance.now();
    try {
      const response = await fetch(request.path, {
        method: request.method,
        headers: { ...request.headers, Authorization: `Bearer ${token}` },
        body: request.body,
        cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
      });
      show(form, response, await response.text(), performance.now() - start);
    } catch {
      told.textContent = 'No answer came. Check that the program runs, and send it again.';
    } finally {
      button.disabled = false;
    }
  };

  const prepare = (form) => {
    if (form.dataset.prepared) return;
    form.dataset.prepared = 'true';
    const command = form.querySelector('.curl');
    const update = () => { command.textContent = commandOf(form); };
    const key = form.querySelector('[name="Idempotency-Key"]');
    if (key) key.value = newKey(form.dataset.id);
    if (!form.querySelector('[name="If-Match"]')) update();
    form.addEventListener('input', update);
    form.addEventListener('click', async (event) => {
      if (event.target.matches('[data-new-key]')) {
        key.value = newKey(form.dataset.id);
        update();
      }
      if (event.target.matches('[data-copy]')) {
        try {
          await navigator.clipboard.writeText(command.textContent);
          event.target.textContent = 'Copied';
        } catch {
          getSelection().selectAllChildren(command);
        }
      }
    });
  };

  chooseTheme();
  if (!byID('filter')) return;
  byID('origin').textContent = location.origin;
  filterOperations();
  // Forms are prepared when they are first opened: there are many.
  for (const operation of document.querySelectorAll('details.operation')) {
    operation.addEventListener('toggle', () => prepare(operation.querySelector('form')), { once: true });
  }
  // Who is quick sends one before it is prepared.
  addEventListener('submit', (event) => {
    if (!event.target.closest('details.operation')) return;
    event.preventDefault();
    prepare(event.target);
    send(event.target);
  });
  addEventListener('hashchange', openNamed);
  openNamed();
});
