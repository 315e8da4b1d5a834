// Runs in the page: sorting tables, searching the graph, showing source lines. Without it the page still reads.
(() => {
  for (const table of document.querySelectorAll('table[data-sortable]')) {
    const body = table.tBodies[0];
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') === 'descending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const key = (row) => {
          const cell = row.cells[column];
          const raw = cell.dataset.value ?? cell.textContent;
          const number = Number(raw);
          return raw === '' || Number.isNaN(number) ? raw : number;
        };
        const rows = [...body.rows].sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
        });
        body.append(...rows);
      });
    }
  }

  const search = document.querySelector('#search');
  const tree = document.querySelector('.tree');
  search?.addEventListener('input', () => {
    const wanted = search.value.trim().toLowerCase();
    const visit = (element) => {
      const own = (element.dataset.text ?? '').includes(wanted);
      let inner = false;
      for (const child of element.children) if (child.matches('details, .node')) inner = visit(child) || inner;
      const hit = wanted !== '' && own;
      element.classList.toggle('hit', hit);
      element.classList.toggle('miss', wanted !== '' && !own && !inner);
      if (wanted !== '' && inner && element.tagName === 'DETAILS') element.open = true;
      return own || inner;
    };
    let count = 0;
    for (const child of tree.children) if (child.matches('details, .node')) visit(child);
    if (wanted !== '') count = tree.querySelectorAll('.hit').length;
    document.querySelector('#found').textContent = wanted === '' ? '' : `${count} found`;
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
    point.addEventListener('mouseenter', show);
    point.addEventListener('focus', show);
  }
})();
