/// The one script of a report: its tables can be sorted. Nothing needs it to be read.
///
/// A press on a column's head sorts by it, another one the other way round, a third puts the rows back. Numbers are
/// compared as numbers, all else by its text, whose dates are in an order that does; what is missing comes last.
enum ReportScript {
  static let text = #"""
    (() => {
      const isMissing = cell => cell.querySelector('.null') !== null || cell.textContent === '';
      const number = cell => Number(cell.dataset.sort ?? cell.textContent.replace(/,/g, '').replace('\u2212', '-'));
      const text = cell => cell.textContent.toLowerCase();
      for (const table of document.querySelectorAll('.table table')) {
        const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
        if (rows.length < 2) continue;
        for (const [column, head] of heads.entries()) {
          if (head.classList.contains('why')) continue;
          const button = document.createElement('button');
          button.type = 'button';
          button.append(...head.childNodes);
          head.append(button);
          button.addEventListener('click', () => {
            const next = {ascending: 'descending', descending: ''}[head.getAttribute('aria-sort')] ?? 'ascending';
            for (const other of heads) other.removeAttribute('aria-sort');
            const sorted = rows.slice();
            if (next) {
              head.setAttribute('aria-sort', next);
              const key = head.classList.contains('n') ? number : text;
              const sign = next === 'ascending' ? 1 : -1;
              sorted.sort((a, b) => {
                const [one, other] = [a.cells[column], b.cells[column]];
                if (isMissing(one) || isMissing(other)) return isMissing(one) - isMissing(other);
                const [x, y] = [key(one), key(other)];
                return x < y ? -sign : x > y ? sign : 0;
              });
            }
            body.append(...sorted);
          });
        }
      }
    })();

    """#
}
