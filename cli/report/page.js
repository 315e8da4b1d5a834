// Runs in the page: sorting tables, searching and walking the graph, showing source lines. Without it the page still reads.
(() => {
  for (const table of document.querySelectorAll('table[data-sortable]')) {
    const body = table.tBodies[0];
    const given = [...body.rows];
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      const key = (row) => {
        const cell = row.cells[column];
        const raw = cell.dataset.value ?? cell.textContent;
        const number = Number(raw);
        return raw === '' || Number.isNaN(number) ? raw : number;
      };
      // text rises first, numbers fall first; the third click gives the order of the page
      const orders = head.classList.contains('left') ? ['ascending', 'descending'] : ['descending', 'ascending'];
      button.addEventListener('click', () => {
        const next = orders[orders.indexOf(head.getAttribute('aria-sort')) + 1];
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        if (next === undefined) return body.append(...given);
        head.setAttribute('aria-sort', next);
        const sign = next === 'ascending' ? 1 : -1;
        const rows = [...given].sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          // numbers before words, such as `as is`
          if (typeof x !== typeof y) return (typeof x === 'number' ? -1 : 1) * sign;
          return (x < y ? -1 : x > y ? 1 : 0) * sign;
        });
        body.append(...rows);
      });
    }
  }

  const search = document.querySelector('#search');
  const tree = document.querySelector('.tree');
  for (const each of document.querySelectorAll('.tree')) walk(each);

  function walk(tree) {
    const blocks = [...tree.querySelectorAll('details')];
    const levelOf = (element) => {
      let level = 0;
      for (let at = element.parentElement; at !== tree; at = at.parentElement) if (at.tagName === 'DETAILS') level++;
      return level;
    };
    const levels = new Map(blocks.map((block) => [block, levelOf(block)]));
    const deepest = Math.max(0, ...levels.values()) + 1;
    const tools = document.createElement('span');
    tools.className = 'levels';
    tools.append('Levels ');
    for (let level = 0; level <= deepest; level++) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = level === deepest ? 'all' : String(level);
      button.title = level === deepest ? 'open every block' : `open blocks ${level} levels deep`;
      button.addEventListener('click', () => {
        for (const [block, depth] of levels) block.open = depth < level;
      });
      tools.append(button);
    }
    tree.closest('section')?.querySelector('.tools')?.append(tools);

    // rows that can be seen, in order
    const rows = () => [...tree.querySelectorAll('summary, .node')].filter((row) => row.getClientRects().length > 0);
    const blockOf = (row) => (row.tagName === 'SUMMARY' ? row.parentElement : undefined);
    const moves = {
      ArrowDown: (row, all) => all[all.indexOf(row) + 1],
      ArrowUp: (row, all) => all[all.indexOf(row) - 1],
      Home: (_, all) => all[0],
      End: (_, all) => all[all.length - 1],
      ArrowRight: (row, all) => {
        const block = blockOf(row);
        if (block === undefined || block.open) return block && all[all.indexOf(row) + 1];
        block.open = true;
        return row;
      },
      ArrowLeft: (row) => {
        const block = blockOf(row);
        if (block?.open) {
          block.open = false;
          return row;
        }
        return (block ?? row).parentElement.closest('details')?.querySelector('summary');
      },
    };
    tree.addEventListener('keydown', (event) => {
      const row = event.target.closest('summary, .node');
      const move = moves[event.key];
      if (row === null || move === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move(row, rows())?.focus();
    });
    tree.addEventListener('click', (event) => event.target.closest('.node')?.focus());
  }

  let hits = [];
  let at = -1;
  const find = () => {
    const wanted = search.value.trim().toLowerCase();
    const visit = (element) => {
      const own = wanted !== '' && (element.dataset.text ?? '').includes(wanted);
      let inner = false;
      for (const child of element.children) if (child.matches('details, .node')) inner = visit(child) || inner;
      element.classList.toggle('hit', own);
      element.classList.toggle('miss', wanted !== '' && !own && !inner);
      if (inner && element.tagName === 'DETAILS') element.open = true;
      return own || inner;
    };
    for (const child of tree.children) if (child.matches('details, .node')) visit(child);
    hits = [...tree.querySelectorAll('.hit')];
    at = -1;
    const more = hits.length > 1 ? ': Enter goes through them' : '';
    document.querySelector('#found').textContent = wanted === '' ? '' : `${hits.length} found${more}`;
  };
  search?.addEventListener('input', find);
  search?.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      search.value = '';
      find();
    }
    if (event.key !== 'Enter' || hits.length === 0) return;
    at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
    for (const hit of hits) hit.classList.remove('at');
    hits[at].classList.add('at');
    hits[at].scrollIntoView({ block: 'center' });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, textarea') || search === null) return;
    event.preventDefault();
    search.focus();
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-line]');
    if (link === null) return;
    for (const line of document.querySelectorAll('pre.source .now')) line.classList.remove('now');
    const line = document.getElementById(link.getAttribute('href').slice(1));
    line?.classList.add('now');
    line?.closest('details')?.setAttribute('open', '');
  });

  for (const point of document.querySelectorAll('[data-hover]')) {
    const label = document.getElementById(point.closest('svg').dataset.label);
    const show = () => (label.textContent = point.dataset.hover);
    for (const event of ['mouseenter', 'focus', 'click']) point.addEventListener(event, show);
  }
})();
